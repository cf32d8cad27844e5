import { errors } from "./de-errors";
import type { en } from "./en";
import { capital } from "./sentence";

/** Every word the window says, in German. Terms: Konto, Instanz, Code, Gerät, Schlüsselbund; people are addressed as „du“. */
export const de: typeof en = {
  app: { name: "Frontdesk" },

  actions: {
    addAccount: "Konto hinzufügen",
    back: "Zurück",
    cancel: "Abbrechen",
    close: "Schließen",
    connect: "Verbinden",
    continue: "Weiter",
    copied: "Kopiert",
    copy: "Kopieren",
    createAccount: "Konto anlegen",
    details: "Einzelheiten",
    edit: "Ändern",
    retry: "Noch einmal versuchen",
    save: "Speichern",
    signIn: "Anmelden",
    signOut: "Abmelden",
    verify: "Bestätigen",
  },

  fields: {
    code: "Bestätigungscode",
    emailAddress: "E-Mail-Adresse",
    firstName: "Vorname",
    lastName: "Nachname",
    optional: (label) => `${label} (freiwillig)`,
    optionalHint: "Freiwillig",
    password: "Passwort",
    publishableKey: "Veröffentlichbarer Schlüssel",
    showPassword: "Passwort zeigen",
    hidePassword: "Passwort verbergen",
    required: {
      emailAddress: "Gib deine E-Mail-Adresse ein.",
      emailFormat: "Das sieht nicht wie eine E-Mail-Adresse aus. Eine sieht aus wie name@example.com.",
      password: "Gib dein Passwort ein.",
      newPassword: "Wähle ein Passwort.",
      passwordLength: (min) => `Nimm mindestens ${min} Zeichen.`,
      firstName: "Gib deinen Vornamen ein.",
      lastName: "Gib deinen Nachnamen ein.",
      publishableKey: "Füge den veröffentlichbaren Schlüssel der Instanz ein.",
    },
    passwordHint: (min) => `Mindestens ${min} Zeichen.`,
  },

  strength: {
    label: "Stärke des Passworts",
    levels: ["Sehr schwach", "Schwach", "Mäßig", "Gut", "Stark"],
  },

  waiting: {
    for: (name) => `Warten auf: ${name}.`,
    working: "Läuft",
  },

  rail: {
    label: "Konten",
    account: (name, instance) => `${name}, ${instance}`,
    needsSignIn: "muss sich neu anmelden",
    offline: "nicht erreichbar",
    outbox: "Post\u00adausgang",
    settings: "Einstel\u00adlungen",
  },

  welcome: {
    title: "Willkommen bei Frontdesk",
    lead: "Ein Ort, an dem deine Konten angemeldet bleiben. Nichts verlässt diesen Computer, solange du ihn nicht verbindest.",
    addTitle: "Konto hinzufügen",
    addLead: "Wähle, wo; dann leg ein Konto an oder melde dich an.",
    where: "Instanz",
    localHint: "In dieser App dabei. Geht ohne Netz.",
    connect: "Mit einer Instanz verbinden",
    byInvitation: "Diese Instanz nimmt neue Leute nur auf Einladung.",
    waitlist: "Diese Instanz hat eine Warteliste für neue Leute.",
    resume: (email) => `Deine Registrierung für ${email} wartet auf ihren Code.`,
    resumeAction: "Code eingeben",
  },

  connect: {
    title: "Mit einer Instanz verbinden",
    lead: "Füge ihren veröffentlichbaren Schlüssel ein. Er beginnt mit pk_test_ oder pk_live_ und enthält kein Geheimnis.",
    confirmTitle: "Ist das der richtige Host?",
    confirmLead:
      "Frontdesk sendet, was du beim Anmelden eingibst, an diesen Host und an keinen anderen:",
    readsAs: (host) => `Man liest ihn als ${host}.`,
    punycode:
      "Der Name enthält Buchstaben einer anderen Schrift, die wie andere aussehen können. Vergleiche ihn sorgfältig.",
    development: "Entwicklungsinstanz",
    production: "Produktivinstanz",
    otherKey: "Anderen Schlüssel verwenden",
  },

  signUp: {
    title: "Konto anlegen",
    haveAccount: "Hast du schon ein Konto?",
    blockedTitle: "Diese Instanz verlangt mehr",
    blocked: (fields) =>
      `Um hier ein Konto anzulegen, brauchst du außerdem: ${fields}. Danach kann diese Version von Frontdesk nicht fragen. Leg das Konto auf den Seiten der Instanz an und melde dich dann hier an.`,
    resumedNote: "Diese Registrierung hast du früher begonnen. Gib den Code ein, um sie abzuschließen.",
    changeEmail: "E-Mail-Adresse ändern",
    finishing: "Dein Konto wird geöffnet",
    fieldNames: {
      email_address: "E-Mail-Adresse",
      phone_number: "Telefonnummer",
      username: "Benutzername",
      password: "Passwort",
      first_name: "Vorname",
      last_name: "Nachname",
      web3_wallet: "Wallet",
      legal_accepted: "Zustimmung zu den Bedingungen",
    },
  },

  verify: {
    title: "Sieh in deine E-Mails",
    sent: (email) => `Gib die sechs Ziffern ein, die wir an ${email} gesendet haben.`,
    outboxBefore: "Codes dieser Instanz landen im",
    outboxLink: "Postausgang",
    resend: "Neuen Code senden",
    resendIn: (seconds) => `Neuer Code in ${seconds} s`,
    resent: (email) => `Wir haben einen neuen Code an ${email} gesendet.`,
    expiredResent: (email) =>
      `Dieser Code ist abgelaufen. Wir haben einen neuen an ${email} gesendet.`,
    tooManyTries: "Zu viele falsche Codes. Fordere einen neuen an und nimm diesen.",
    incomplete: "Gib alle sechs Ziffern ein.",
  },

  signIn: {
    title: "Anmelden",
    noAccount: "Noch kein Konto?",
    unknown: (email) => `Für ${email} gibt es bei dieser Instanz kein Konto.`,
    passwordTitle: "Gib dein Passwort ein",
    as: "Du meldest dich an als",
    change: "Konto wechseln",
    changeShort: "Wechseln",
    useCode: (address) => `Code an ${address} senden`,
    usePassword: "Passwort verwenden",
    otherWays: "Andere Wege, dich anzumelden",
    expired: "Diese Anmeldung hat zu lange gedauert und ist beendet. Beginne von vorn.",
    startAgain: "Von vorn beginnen",
    blocked: {
      second_factor: {
        title: "Es fehlt noch ein Schritt",
        body: "Dieses Konto verlangt einen zweiten Schritt, den diese Version von Frontdesk nicht zeigen kann. Du bist nicht angemeldet.",
      },
      new_password: {
        title: "Ein neues Passwort ist nötig",
        body: "Die Instanz verlangt ein neues Passwort, bevor du dich anmelden kannst; das kann diese Version von Frontdesk nicht setzen. Du bist nicht angemeldet.",
      },
      client_trust: {
        title: "Dieses Gerät ist neu",
        body: "Die Instanz verlangt auf einem neuen Gerät noch einen Beweis, auf eine Weise, die diese Version von Frontdesk nicht zeigen kann. Du bist nicht angemeldet.",
      },
      no_method: {
        title: "Hier gibt es keinen Weg hinein",
        body: "Dieses Konto meldet sich auf eine Weise an, die diese Version von Frontdesk nicht hat. Du bist nicht angemeldet.",
      },
      locked: {
        title: "Dieses Konto ist vorerst gesperrt",
        body: "Es gab zu viele falsche Versuche. Warte eine Weile und melde dich dann noch einmal an.",
      },
      banned: {
        title: "Dieses Konto ist ausgeschlossen",
        body: "Wer diese Instanz betreibt, hat das Konto ausgeschlossen. Frag dort nach.",
      },
      unknown: {
        title: "Diese Anmeldung kann nicht weitergehen",
        body: "Die Instanz verlangt einen Schritt, den diese Version von Frontdesk nicht kennt. Du bist nicht angemeldet.",
      },
    },
  },

  account: {
    loading: "Dein Konto wird geladen",
    sections: "Abschnitte",
    profile: "Profil",
    session: "Sitzung",
    devices: "Geräte",
    name: "Name",
    noName: "Nicht angegeben",
    editName: "Namen ändern",
    email: "E-Mail-Adresse",
    verified: "Bestätigt",
    unverified: "Nicht bestätigt",
    primary: "Hauptadresse",
    userId: "Benutzer-ID",
    since: "Dabei seit",
    instance: "Instanz",
    host: "Host",
    signedIn: "Angemeldet",
    lastActive: "Zuletzt aktiv",
    expires: "Angemeldet bis",
    sessionId: "Sitzungs-ID",
    tokenTitle: "Sitzungstoken",
    tokenBody:
      "Beweist einem Server, dass du angemeldet bist. Er gilt etwa eine Minute. Gib ihn nur Werkzeugen, denen du traust.",
    copyToken: "Sitzungstoken kopieren",
    tokenCopied: (time) => `Kopiert. Der Token gilt bis ${time}.`,
    saved: "Gespeichert.",
    signOutTitle: "Abmelden",
    signOutBody: "Entfernt dieses Konto von diesem Computer. Das Konto selbst bleibt.",
    thisDevice: "Dieses Gerät",
    unknownDevice: "Unbekanntes Gerät",
    devicesEmpty: "Nur dieses Gerät.",
    devicesLead: "Wo dieses Konto gerade angemeldet ist.",
    pendingTitle: "Dieses Konto ist noch nicht bereit",
    pendingBody: "Die Instanz verlangt noch einen Schritt, bevor das Konto benutzt werden kann.",
    gone: "Die Instanz hat nicht gesagt, wessen Konto das ist. Melde dich hier ab und dann neu an.",
    endedTitle: "Melde dich neu an",
    endedBody: "Die Sitzung dieses Kontos ist beendet. Das Konto selbst gibt es noch.",
  },

  outbox: {
    title: "Postausgang",
    lead: "Nachrichten, die die Instanz auf diesem Computer gesendet hätte. Sie verlassen ihn nie.",
    empty: "Noch nichts da",
    emptyBody: "Wenn du ein Konto anlegst oder einen Code anforderst, erscheint die Nachricht hier von selbst.",
    none: "Nur die Instanz auf diesem Computer bewahrt ihre Nachrichten hier auf.",
    copyCode: "Code kopieren",
    code: "Code",
    to: (address) => `An ${address}`,
    newest: (subject, address) => `Neueste Nachricht: ${subject}, an ${address}.`,
    message: "Nachricht",
  },

  settings: {
    title: "Einstellungen",
    appearance: "Aussehen",
    theme: "Farben",
    themes: { system: "Wie das System", light: "Hell", dark: "Dunkel" },
    language: "Sprache",
    languages: { system: "Sprache des Systems", en: "English", de: "Deutsch" },
    keychain: "Schlüsselbund",
    instances: "Instanzen",
    instancesLead: "Orte, an denen du Konten hast.",
    removeInstance: (name) => `${name} entfernen`,
    remove: "Entfernen",
    removeTitle: (name) => `${name} entfernen?`,
    removeBody:
      "Du wirst auf diesem Computer von jedem Konto bei dieser Instanz abgemeldet. Die Konten selbst bleiben.",
    diagnostics: "Diagnose",
    diagnosticsLead: "Angaben für alle, die dir helfen. Geheimnisse sind verdeckt.",
    copyDiagnostics: "Diagnose kopieren",
  },

  vault: {
    fallbackStore: "der Schlüsselbund",
    said: (detail) => `Er meldet: „${detail}“`,
    onlyUntilQuit: "Bis dahin bleibst du nur angemeldet, bis du das Programm beendest.",
    checking: { title: "Dein Schlüsselbund wird geprüft", body: "" },
    ready: (store) => ({
      title: "Dein Schlüsselbund funktioniert",
      body: `Was dich angemeldet hält, liegt dort: ${store}.`,
    }),
    waiting: (store) => ({
      title: "Warten auf deinen Schlüsselbund",
      body: `${capital(store)} hat noch nicht geantwortet. Wenn ein Fenster darum bittet, ihn zu entsperren, antworte dort.`,
    }),
    locked: (store) => ({
      title: "Dein Schlüsselbund ist gesperrt",
      body: `Frontdesk bewahrt dort auf, was dich anmeldet (${store}). Entsperre ihn und versuch es dann noch einmal.`,
    }),
    absent: () => ({
      title: "Dieser Computer hat keinen Schlüsselbund",
      body: "Es gibt keinen sicheren Ort für das, was dich anmeldet. Du kannst Frontdesk benutzen und bleibst angemeldet, bis du es beendest.",
    }),
    full: (store) => ({
      title: "Dein Schlüsselbund ist voll",
      body: `${capital(store)} nimmt keine Einträge mehr an. Lösche solche, die du nicht mehr brauchst, und versuch es dann noch einmal.`,
    }),
    failed: (store) => ({
      title: "Dein Schlüsselbund hat nicht funktioniert",
      body: `${capital(store)} hat mit einem Fehler geantwortet. Versuch es noch einmal.`,
    }),
  },

  instance: {
    local: "die Instanz auf diesem Computer",
    localName: "Dieser Computer",
    loading: (name) => `Warten auf: ${name}.`,
    degraded: (name) => `${capital(name)} ist nicht erreichbar`,
    asOf: (time) => `Du siehst, was am ${time} bekannt war.`,
    unsent: "Was du hier eingibst, kann erst gesendet werden, wenn sie wieder antwortet.",
    asOfUnknown: "Du siehst, was zuletzt bekannt war.",
    errorTitle: (name) => `${capital(name)} lässt sich nicht öffnen`,
    errorBody: "Sie hat nicht so geantwortet, wie sie sollte. Versuch es noch einmal.",
  },

  errors,
};
