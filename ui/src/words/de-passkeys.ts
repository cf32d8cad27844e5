import type { passkeys as english } from "./en-passkeys";

/** What is said of passkeys, in German. */
export const passkeys: typeof english = {
  title: "Passkeys",
  lead: (most) =>
    `Ein Passkey meldet dich anstelle eines Passworts an und lässt sich nicht aus Versehen verraten. Ein Konto kann bis zu ${most} haben.`,
  none: "Du hast noch keinen.",
  unnamed: "Passkey",
  here: "Auf diesem Gerät",
  added: (day) => `Hinzugefügt am ${day}`,
  used: (day) => `Zuletzt benutzt am ${day}`,
  unused: "Noch nicht benutzt",
  add: "Passkey hinzufügen",
  full: (most) => `Ein Konto kann ${most} Passkeys haben, und dieses hat so viele. Lösche einen, um einen anderen hinzuzufügen.`,
  rename: "Umbenennen",
  renameOf: (name) => `${name} umbenennen`,
  nameLabel: "Name des Passkeys",
  nameMissing: "Gib einen Namen ein, an dem du den Passkey erkennst.",
  delete: "Löschen",
  deleteOf: (name) => `${name} löschen`,
  isAdded: (name) => `Der Passkey ${name} wurde hinzugefügt.`,
  isRenamed: (name) => `Der Passkey heißt jetzt ${name}.`,
  isDeleted: (name) => `Der Passkey ${name} wurde gelöscht.`,
  obstacles: {
    unknown: "Die Instanz hat noch nicht gesagt, ob sie Passkeys nimmt.",
    off: "Diese Instanz nimmt keine Passkeys mehr.",
    insecure: "Diese Instanz wird nicht über https erreicht, darum lässt sich hier kein Passkey benutzen.",
    no_name: "Diese Instanz hat eine Adresse und keinen Namen, darum lässt sich hier kein Passkey benutzen.",
    public_suffix: "Neben dem Namen dieser Instanz kann jeder einen haben, darum lässt sich hier kein Passkey benutzen.",
  },

  signIn: "Mit einem Passkey anmelden",
  use: "Passkey verwenden",
  stepTitle: "Melde dich mit deinem Passkey an",
  stepLead: "Benutze den Passkey dieses Kontos anstelle eines Passworts.",
  confirm: "Mit einem Passkey bestätigen",
  confirmLead: "Nimm einen Passkey dieses Kontos.",

  chooseTitle: "Wo ist der Passkey?",
  chooseNewTitle: "Wo soll der Passkey aufbewahrt werden?",
  places: "Orte für einen Passkey",
  chooseNone: "Nichts davon lässt sich jetzt benutzen.",
  kinds: {
    this_device: { name: "Dieses Gerät", hint: "Auf diesem Computer, hinter einer PIN." },
    security_key: { name: "Sicherheitsschlüssel", hint: "Ein Schlüssel, den du ansteckst und berührst." },
    windows: { name: "Windows Hello", hint: "Windows fragt dich in einem eigenen Fenster." },
    phone: { name: "Telefon", hint: "Ein Telefon, das einen Code scannt. Experimentell." },
  },
  unready: {
    no_keychain: (detail) =>
      `Dieser Computer hat keinen Schlüsselbund, der einen Passkey behalten könnte. Starte einen oder nutze den Tresor hinter einer Passphrase in den Einstellungen.${because(detail)}`,
    locked: (detail) =>
      `Der Schlüsselbund ist gesperrt. Entsperre ihn, um einen Passkey dieses Geräts zu benutzen.${because(detail)}`,
    no_answer: () => "Er hat nicht rechtzeitig geantwortet. Du kannst es trotzdem versuchen.",
    failed: (detail) => `Das lässt sich jetzt nicht benutzen.${because(detail)}`,
    no_bluetooth: (detail) => `Telefone werden über Bluetooth gehört, und das hat dieser Computer nicht.${because(detail)}`,
    bluetooth_off: () =>
      "Telefone werden über Bluetooth gehört, und das ist ausgeschaltet. Schalte es ein, um ein Telefon zu benutzen.",
    pin_wait: () => "Die PIN war mehrmals falsch.",
  },
  waitLeft: (seconds) =>
    seconds > 0 ? `In ${seconds} s kannst du es noch einmal versuchen.` : "Du kannst es jetzt noch einmal versuchen.",

  changeTitle: "PIN ändern",
  otherWay: "Anderen Weg nehmen",
  asks: (host) => `Für ${host}`,
  working: "Einen Moment.",
  workingWindows: "Windows fragt dich in einem eigenen Fenster.",
  askPin: {
    this_device: "Gib die PIN der Passkeys dieses Geräts ein.",
    security_key: "Gib die PIN des Sicherheitsschlüssels ein.",
    windows: "Gib die PIN ein.",
    phone: "Gib die PIN ein.",
  },
  pin: "PIN",
  pinHint: {
    this_device: "Die, die du für Frontdesk gewählt hast, nicht die des Computers.",
    security_key: "",
    windows: "",
    phone: "",
  },
  pinMissing: "Gib die PIN ein.",
  pinWrong: "Diese PIN stimmt nicht.",
  triesLeft: (tries) => (tries === 1 ? "Du hast noch einen Versuch." : `Du hast noch ${tries} Versuche.`),
  thenGone: "Danach werden alle Passkeys und gespeicherten Passwörter dieses Geräts entfernt.",
  thenBlocked: "Danach ist der Sicherheitsschlüssel gesperrt.",
  problems: {
    too_short: (shortest) => `Eine PIN hat mindestens ${shortest} Zeichen.`,
    too_long: () => "Für eine PIN ist das zu lang. Kürze sie.",
    simple: () => "Eine PIN wie 111111 oder 123456 ist leicht zu erraten. Wähle eine andere.",
    no_text: () => "Solche Zeichen kann eine PIN nicht haben. Nimm Buchstaben und Ziffern.",
  },
  choosePin: "Wähle eine PIN für die Passkeys dieses Geräts.",
  choosePinKey: "Wähle eine PIN für den Sicherheitsschlüssel.",
  chooseNewPin: "Wähle die neue PIN.",
  choosePinNote:
    "Du wirst nach ihr gefragt, wenn du einen davon benutzt. Merk sie dir: Niemand kann sie dir sagen, und nach acht falschen Versuchen werden die Passkeys und gespeicherten Passwörter dieses Geräts entfernt.",
  newPin: "Neue PIN",
  newPinHint: (shortest) => `Mindestens ${shortest} Zeichen.`,
  repeatPin: "Neue PIN noch einmal",
  pinsDiffer: "Die beiden sind nicht gleich. Gib die PIN noch einmal ein.",
  setPin: "PIN festlegen",
  plugIn: "Steck deinen Sicherheitsschlüssel an.",
  touchOne: "Mehrere Sicherheitsschlüssel sind angesteckt. Berühre den, den du benutzen willst.",
  touch: "Berühre deinen Sicherheitsschlüssel.",
  scan: "Scanne diesen Code mit der Kamera deines Telefons.",
  scanNote:
    "Bluetooth muss eingeschaltet sein, am Telefon und an diesem Computer, und beide müssen online sein. Scanne nur einen Code, den du selbst angefordert hast.",
  scanPicture: "Code für die Kamera deines Telefons",
  connecting: "Dein Telefon hat den Code gelesen. Es wird verbunden.",
  onPhone: "Mach auf deinem Telefon weiter.",
  chooseAccount: "Wähle das Konto, mit dem du dich anmelden willst.",
  accounts: "Konten",
  showPin: "PIN zeigen",
  hidePin: "PIN verbergen",

  deviceTitle: "Passkeys dieses Geräts",
  deviceLead: "Sie sind auf diesem Computer, neben dem, was dich angemeldet hält, und verlassen ihn nie.",
  deviceNone: "Auf diesem Gerät sind keine.",
  deviceList: "Passkeys dieses Geräts",
  made: (day) => `Gemacht am ${day}`,
  pinChosen: "Eine PIN schützt sie.",
  pinNotChosen: "Noch ist keine PIN gewählt. Du wählst sie mit dem ersten Passkey oder Passwort dieses Geräts.",
  changePin: "PIN ändern",
  pinChanged: "Die PIN wurde geändert.",
  forgotBody:
    "Wer die PIN vergisst, kann nur neu beginnen: Die Passkeys und gespeicherten Passwörter dieses Geräts werden entfernt, und mit dem nächsten wird eine neue PIN gewählt. Konten führen sie weiter auf, bis du sie dort löschst.",
  forgot: "PIN vergessen: alle Passkeys und Passwörter entfernen",
  forgotten: "Die Passkeys und Passwörter dieses Geräts und ihre PIN wurden entfernt.",
};

function because(detail: string): string {
  return detail ? ` (${detail})` : "";
}
