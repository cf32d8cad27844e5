import type { saved as english } from "./en-saved";

/** What is said of passwords that are saved on this device, in German. */
export const saved: typeof english = {
  use: "Gespeichertes Passwort verwenden",
  of: (identifier) => `Auf diesem Gerät gespeichert für ${identifier}`,
  wrong:
    "Das Passwort, das auf diesem Gerät gespeichert ist, wurde nicht angenommen. Vielleicht wurde es geändert: Gib das neue ein.",
  save: "Dieses Passwort auf diesem Gerät speichern",
  saveHint: "Beim nächsten Mal öffnet es eine PIN.",
  replaces: (identifier) => `Beim nächsten Mal öffnet es eine PIN. Es ersetzt das von ${identifier}.`,
  unsavedTitle: "Dein Passwort wurde nicht gespeichert",
  unsavedLead: "Es stimmt, und du kannst weitermachen. Es ist nur nicht auf diesem Gerät gespeichert.",

  useTitle: "Gespeichertes Passwort verwenden",
  saveTitle: "Passwort speichern",
  choosePinNote:
    "Du wirst nach ihr gefragt, wenn du ein gespeichertes Passwort, einen Passkey dieses Geräts oder die Sperre von Frontdesk benutzt. Merk sie dir: Niemand kann sie dir sagen, und nach acht falschen Versuchen werden die gespeicherten Passwörter und die Passkeys dieses Geräts entfernt.",

  isSaved: "Es ist auf diesem Gerät gespeichert, hinter deiner PIN.",
  remove: "Von diesem Gerät entfernen",
  removed: "Das gespeicherte Passwort wurde von diesem Gerät entfernt.",
  replaced: "Das neue wurde auch auf diesem Gerät gespeichert.",
  dropped: "Das alte wurde von diesem Gerät entfernt.",

  list: "Gespeicherte Passwörter",
  listTitle: "Gespeicherte Passwörter:",
  listed: (identifier) => `Passwort von ${identifier}`,
  removeOne: "Entfernen",
  removeOf: (identifier, instance) => `Das Passwort von ${identifier} bei ${instance} entfernen`,
};
