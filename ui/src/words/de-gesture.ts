import type { SystemGesture } from "../bridge/SystemGesture";
import type { gesture as english } from "./en-gesture";

const names: Record<SystemGesture, string> = { touch_id: "Touch ID", windows_hello: "Windows Hello" };

/** What is said where the system recognises the person, in place of what is said of a PIN. In German. */
export const gesture: typeof english = {
  ask: {
    touch_id: "Bestätige mit Touch ID oder mit dem Passwort dieses Macs.",
    windows_hello: "Windows Hello fragt dich in einem eigenen Fenster.",
  },
  placeHint: (by) => `Auf diesem Computer, hinter ${names[by]}.`,
  protects: (by) => `${names[by]} schützt sie.`,
  forgotBody: (by) =>
    `Wenn ${names[by]} dich nicht mehr erkennt, kannst du nur neu beginnen: Die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt. Konten führen die Passkeys weiter auf, bis du sie dort löschst.`,
  forgot: "Alle Passkeys und Passwörter entfernen",
  forgotten: "Die Passkeys und Passwörter dieses Geräts wurden entfernt.",
  lockSwitch: (by) => `Nach ${names[by]} fragen, bevor etwas gezeigt wird`,
  lockForgotBody: (by) =>
    `Wenn ${names[by]} dich nicht mehr erkennt, kannst du nur neu beginnen: Jedes Konto wird hier abgemeldet, und die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt.`,
  lockForgot: "Überall abmelden",
  saveHint: (by) => `Beim nächsten Mal öffnet es ${names[by]}.`,
  replaces: (by, identifier) => `Beim nächsten Mal öffnet es ${names[by]}. Es ersetzt das von ${identifier}.`,
  isSaved: (by) => `Es ist auf diesem Gerät gespeichert, hinter ${names[by]}.`,
};
