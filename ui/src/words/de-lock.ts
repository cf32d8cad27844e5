import type { lock as english } from "./en-lock";

/** Was von der Sperre der App gesagt wird. */
export const lock: typeof english = {
  section: "Sperre",
  switch: "Nach einer PIN fragen, bevor etwas gezeigt wird",
  hint: "Das hält fern, wer sich an diesen Computer setzt, mit dem, was die Passkeys dieses Geräts schützt. Gesperrt wird bei jedem Start, wenn der Bildschirm gesperrt wird, wenn der Computer schläft, und mit Strg L. Andere Programme von dir hält es nicht fern.",
  after: "Sperren, wenn das Fenster so lange nicht benutzt wird",
  minutes: (minutes) => (minutes === 1 ? "1 Minute" : minutes === 60 ? "1 Stunde" : `${minutes} Minuten`),
  now: "Jetzt sperren",
  title: "Frontdesk ist gesperrt",
  body: "Deine Konten bleiben hinter der Sperre angemeldet.",
  unlock: "Entsperren",
  forgotBody: "Eine vergessene PIN kann dir niemand sagen. Du kannst nur neu beginnen: Jedes Konto wird hier abgemeldet, und die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt.",
  forgot: "PIN vergessen: überall abmelden",
  unlockTitle: "Frontdesk entsperren",
  onTitle: "Sperre einschalten",
  offTitle: "Sperre ausschalten",
  askPin: "Gib deine PIN ein.",
  choosePin: "Wähle eine PIN für Frontdesk.",
  choosePinNote:
    "Du wirst nach ihr gefragt, wenn du Frontdesk entsperrst oder einen Passkey dieses Geräts benutzt. Merke sie dir: Niemand kann sie dir sagen, und nach acht falschen Versuchen wird hier jedes Konto abgemeldet, und die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt.",
  lostTitle: "Hier wurden alle abgemeldet",
  lost: "Die PIN war achtmal falsch. Darum wurde auf diesem Computer jedes Konto abgemeldet, und seine Passkeys, seine gespeicherten Passwörter und die Sperre wurden entfernt. Die Konten selbst sind, wie sie waren: Melde dich neu an.",
  thenGone: "Danach wird hier jedes Konto abgemeldet, und die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt.",
};
