import type { PasswordAdvice } from "../bridge/PasswordAdvice";
import type { PasswordWarning } from "../bridge/PasswordWarning";
import type { errors as english, Reasons } from "./en-errors";
import { capital } from "./sentence";

const PEM = "Bitte die, die das Netz betreiben, um das Zertifikat ihrer Zertifizierungsstelle als PEM-Datei.";

const reasons: Reasons = {
  network_unreachable: ({ name, local, detail }) =>
    `${capital(name)} ist nicht erreichbar, es hat sich also nichts geändert. ${
      local
        ? "Versuch es noch einmal; wenn das nicht hilft, beende Frontdesk und starte es neu."
        : "Prüfe das Netz und versuch es dann noch einmal."
    }${because(detail)}`,
  answer_lost: ({ name, detail }) =>
    `Von hier ging die Bitte ab, aber keine Antwort kam zurück (${name}): Was du wolltest, ist vielleicht geschehen, vielleicht nicht. Sieh nach, bevor du es noch einmal versuchst.${because(detail)}`,
  certificate_not_trusted: ({ name, detail }) =>
    `${capital(name)} hat ein Zertifikat gezeigt, dem dieser Computer nicht traut, darum wurde nichts gesendet. Wenn deine Organisation eine eigene Zertifizierungsstelle hat, füge ihre CA-Datei unter Einstellungen, Netz hinzu. Wenn du dich in diesem Netz erst anmelden musst, tu das in deinem Browser.${because(detail)}`,
  issuer_not_trusted: ({ name, detail }) =>
    `${capital(name)} hat ein Zertifikat gezeigt, das von ${detail} ausgestellt ist. Dem traut dieser Computer nicht, darum wurde nichts gesendet. Wenn das die Zertifizierungsstelle deiner Organisation ist, füge ihre CA-Datei unter Einstellungen, Netz hinzu. Wenn du dich in diesem Netz erst anmelden musst, tu das in deinem Browser.`,
  proxy_unreachable: ({ name, detail }) =>
    `Der Proxy ist nicht erreichbar, es hat sich also nichts geändert (${name}). Prüfe den Proxy unter Einstellungen, Netz oder frag, wer ihn betreibt.${because(detail)}`,
  proxy_wants_password: ({ name, detail }) =>
    `Der Proxy will einen Namen und ein Passwort oder nimmt die nicht an, die er bekam; es hat sich also nichts geändert (${name}). Trag sie unter Einstellungen, Netz ein.${because(detail)}`,
  proxy_refused: ({ name, detail }) =>
    `Der Proxy führt nicht dorthin, es hat sich also nichts geändert (${name}). Frag, wer ihn betreibt, oder wähle unter Einstellungen, Netz einen anderen Weg.${because(detail)}`,
  name_not_found: ({ name, detail }) =>
    `Kein Computer dieses Namens wurde gefunden, es hat sich also nichts geändert (${name}). Prüfe das Netz und die Adresse und versuch es dann noch einmal.${because(detail)}`,
  proxy_invalid: () =>
    "Das bezeichnet keinen Proxy. Schreib seinen Namen ohne http://, etwa proxy.example.com, und seinen Port als Zahl von 1 bis 65535. Nichts wurde geändert.",
  authority_unreadable: ({ detail }) =>
    `Diese Datei lässt sich nicht lesen, nichts wurde geändert. Wähle eine andere.${because(detail)}`,
  authority_too_large: () => `Diese Datei ist größer, als eine Datei mit Zertifikaten ist; nichts wurde geändert. ${PEM}`,
  authority_damaged: () => `Diese Datei ist beschädigt, nichts wurde geändert. ${PEM}`,
  authority_private_key: () =>
    `Diese Datei enthält einen privaten Schlüssel, und der gehört allein seinem Besitzer; nichts wurde geändert. ${PEM}`,
  authority_none: () => `Diese Datei enthält kein Zertifikat in PEM (BEGIN CERTIFICATE), nichts wurde geändert. ${PEM}`,
  authority_not_one: ({ detail }) =>
    `Das Zertifikat von ${detail} gehört keiner Zertifizierungsstelle, sondern einem Server oder einem Menschen; nichts wurde geändert. ${PEM}`,
  authority_expired: ({ detail }) => `Das Zertifikat von ${detail} ist abgelaufen, nichts wurde geändert. ${PEM}`,
  authority_unusable: ({ detail }) =>
    `Ein Zertifikat in dieser Datei ist nicht zu gebrauchen, nichts wurde geändert. ${PEM}${because(detail)}`,
  authorities_too_many: ({ detail }) =>
    `Frontdesk traut höchstens ${detail} eigenen Zertifizierungsstellen. Entferne eine und versuch es dann noch einmal.`,
  network_wants_sign_in: ({ name, detail }) =>
    `Etwas zwischen hier und ${name} hat an deren Stelle geantwortet. Wahrscheinlich musst du dich erst in diesem Netz anmelden: Öffne irgendeine Webseite in deinem Browser, melde dich dort an und versuch es dann noch einmal.${because(detail)}`,
  answer_not_understood: ({ name, detail }) =>
    `${capital(name)} hat etwas geantwortet, das nicht zum Protokoll gehört. Vielleicht hat etwas dazwischen geantwortet; versuch es noch einmal oder sag es denen, die die Instanz betreiben.${because(detail)}`,
  answer_unusable: ({ detail }) =>
    `Die Antwort lässt sich nicht anzeigen. Versuch es noch einmal.${because(detail)}`,
  network_unusable: ({ detail }) =>
    `Die Netz- oder Proxy-Einstellungen dieses Computers sind unbrauchbar. Berichtige sie und starte Frontdesk dann neu.${because(detail)}`,

  vault_locked: ({ detail }) =>
    `Dein Schlüsselbund ist gesperrt, darum kann dort nichts gelesen oder aufbewahrt werden. Entsperre ihn und versuch es dann noch einmal.${because(detail)}`,
  vault_denied: ({ detail }) =>
    `Dein Schlüsselbund ist Frontdesk verwehrt. Erlaube den Zugang dort und versuch es dann noch einmal.${because(detail)}`,
  vault_no_collection: ({ detail }) =>
    `Der Dienst für Schlüsselbunde hat noch keinen; du bleibst nur angemeldet, bis du das Programm beendest. Lege einen an und versuch es dann noch einmal.${because(detail)}`,
  vault_broken: ({ detail }) =>
    `Dein Schlüsselbund ist beschädigt; er wurde so gelassen, wie er ist. Stelle ihn aus einer Sicherung wieder her und versuch es dann noch einmal.${because(detail)}`,
  vault_absent: ({ detail }) =>
    `Dieser Computer hat keinen Schlüsselbund, den Frontdesk verwenden kann; du bleibst nur angemeldet, bis du das Programm beendest.${because(detail)}`,
  vault_full: ({ detail }) =>
    `Dein Schlüsselbund nimmt keine Einträge mehr an. Lösche solche, die du nicht mehr brauchst, und versuch es dann noch einmal.${because(detail)}`,
  passphrase_wrong: () =>
    "Das ist nicht die Passphrase deines Tresors. Nichts wurde geändert; versuch es noch einmal.",
  passphrase_too_soon: ({ detail }) =>
    `Das war mehrmals falsch. Warte ${detail} Sekunden und versuch es dann noch einmal.`,
  passphrase_too_short: ({ detail }) =>
    `Eine Passphrase braucht mindestens ${detail} Zeichen. Nichts wurde geändert; wähle eine längere.`,
  vault_item_damaged: ({ detail }) =>
    `Ein Eintrag in deinem Schlüsselbund ist beschädigt; er wurde so gelassen, wie er ist. Melde dich neu an, um ihn zu ersetzen.${because(detail)}`,
  vault_item_missing: ({ name }) =>
    `In deinem Schlüsselbund ist nicht mehr, womit du angemeldet warst (${name}). Melde dich neu an.`,
  vault_failed: ({ detail }) =>
    `Dein Schlüsselbund hat nicht getan, worum er gebeten wurde. Versuch es noch einmal; vielleicht hilft es, dich an diesem Computer neu anzumelden.${because(detail)}`,

  local_starting: () => "Die Instanz auf diesem Computer startet noch.",
  local_unusable: ({ detail }) =>
    `Mit der Instanz auf diesem Computer kann nicht gesprochen werden. Beende Frontdesk und starte es neu.${because(detail)}`,
  local_port_taken: () =>
    "Ein anderes Programm benutzt den Port dieses Computers, über den der Browser zur Instanz in der App käme, darum wurde der Browser nicht geöffnet. Beende das Programm und versuche es dann noch einmal.",
  local_instance: ({ detail }) => `Die Instanz in der App ist nicht gestartet.${because(detail)}`,
  database_newer: () =>
    "Die Daten der Instanz in der App hat eine neuere Version von Frontdesk geschrieben. Installiere diese Version; es wurde nichts geändert.",
  already_served: ({ detail }) =>
    `Ein anderes Programm benutzt die Daten der Instanz in der App. Beende es und versuch es dann noch einmal.${because(detail)}`,
  local_elsewhere: () =>
    "Ein anderer Prozess von Frontdesk betreibt die Instanz in der App, oder sie läuft nicht, darum wurde nichts kopiert. Versuch es noch einmal, wenn sie hier läuft.",
  tools_not_allowed: () =>
    "Werkzeuge dürfen die Instanz in der App nicht benutzen, darum wurde nichts kopiert. Lass sie das zuerst tun und kopiere dann noch einmal.",
  instance_key_missing: ({ detail }) =>
    `Der Schlüssel der Instanz in der App ist nicht mehr in deinem Schlüsselbund, darum sind ihre Daten nicht lesbar. Stell den Schlüsselbund wieder her und versuch es noch einmal; oder verschiebe den Ordner ${detail}, um mit einer leeren Instanz zu beginnen.`,
  instance_key_damaged: () =>
    "Der Schlüssel der Instanz in der App ist beschädigt. Stell deinen Schlüsselbund wieder her und versuch es dann noch einmal.",
  instance_key_mismatch: () =>
    "Der Schlüssel in deinem Schlüsselbund gehört nicht zu den Daten der Instanz in der App. Stell den Schlüsselbund oder die Daten wieder her; es wurde nichts geändert.",
  throw_away_folder: ({ detail }) =>
    `Die Instanz in der App braucht einen Ordner und bekommt ihn nicht. Schaffe Platz oder mach den Ordner beschreibbar und versuch es dann noch einmal.${because(detail)}`,
  data_folder_unwritable: ({ detail }) =>
    `Frontdesk kann nicht in seinen Ordner schreiben, darum wird nichts Neues behalten. Mach den Ordner für dich beschreibbar oder schaffe Platz auf der Platte und starte Frontdesk neu.${because(detail)}`,
  system_unavailable: ({ detail }) =>
    `Dieser Computer konnte nicht geben, was Frontdesk braucht, etwa Zufallszahlen. Starte ihn neu und versuch es dann noch einmal.${because(detail)}`,

  address_invalid: () =>
    "Das ist weder ein veröffentlichbarer Schlüssel, der mit pk_ beginnt, noch eine Adresse wie https://auth.example.com. Kopiere ihn oder sie noch einmal als Ganzes.",
  address_insecure: () =>
    "Diese Adresse beginnt mit http, darum könnte jeder auf dem Weg mitlesen und verändern, was gesendet wird. Nimm ihre https-Adresse; unverschlüsselt spricht Frontdesk nur mit diesem Computer.",
  address_unknown: ({ name }) =>
    `${capital(name)} sagt nicht, dass dort ein Frontdesk-Server ist. Prüfe die Adresse; bei einer Clerk-Instanz füge ihren veröffentlichbaren Schlüssel ein, der mit pk_ beginnt.`,
  instance_known: ({ name }) =>
    `${capital(name)} ist schon auf deiner Liste: Das ist der Schlüssel oder die Adresse davon. Du findest sie in den Einstellungen unter Instanzen.`,
  key_invalid: () =>
    "Der Schlüssel dieser Instanz ist beschädigt. Entferne die Instanz und füge sie neu hinzu.",
  key_prefix: () =>
    "Dieser Schlüssel ist nicht verwendbar: Ein veröffentlichbarer Schlüssel beginnt mit pk_test_ oder pk_live_.",
  key_encoding: () => "Dieser Schlüssel ist beschädigt. Kopiere ihn noch einmal als Ganzes.",
  key_host: () => "Dieser Schlüssel nennt keinen gültigen Host. Kopiere ihn noch einmal als Ganzes.",
  instance_unknown: () =>
    "Die App kennt keine solche Instanz; vielleicht wurde sie inzwischen entfernt.",
  instance_removed: () => "Diese Instanz wurde inzwischen entfernt, darum wurde nichts getan.",
  local_stays: () => "Die Instanz auf diesem Computer ist Teil der App und lässt sich nicht entfernen.",
  list_unwritable: ({ detail }) =>
    `Die Instanz konnte nicht hinzugefügt werden, weil der Ordner der App nicht beschreibbar ist. Schaffe Platz oder ändere seine Rechte und versuch es dann noch einmal.${because(detail)}`,
  outbox_elsewhere: () =>
    "Nur die Instanz auf diesem Computer bewahrt ihre Nachrichten dort auf, wo diese App sie lesen kann.",

  signed_out: ({ name }) =>
    `Niemand ist dort mehr angemeldet (${name}). Melde dich neu an.`,
  session_ended: ({ name, detail }) =>
    `${detail || "Ein Konto"} wurde abgemeldet (${name}). Melde dich neu an.`,
  account_gone: () => "Dieses Konto ist nicht mehr angemeldet. Melde dich neu an.",
  no_sign_in: () => "Hier läuft keine Anmeldung mehr. Beginne von vorn.",
  no_sign_up: () => "Hier läuft keine Registrierung mehr. Beginne von vorn.",

  flow_expired: () =>
    "Der Browser kam nicht rechtzeitig zurück, darum wird nicht mehr gewartet. Fang neu an.",
  flow_unknown: () => "Darauf wird nicht mehr gewartet. Fang neu an.",
  page_missing: ({ name }) =>
    `${capital(name)} hat keine Seite für den Browser genannt. Versuch es noch einmal, oder sag denen Bescheid, die sie betreiben.`,
  page_refused: ({ name }) =>
    `${capital(name)} hat eine Seite genannt, die Frontdesk nicht öffnet, weil sie keine sichere Webadresse ist. Es wurde nichts geöffnet. Sag denen Bescheid, die sie betreiben.`,
  no_way_back: ({ detail }) =>
    `Der Browser fände keinen Weg zurück, weil dieser Computer keinen Port hergibt. Starte ihn neu und versuch es dann noch einmal.${because(detail)}`,
  callback_elsewhere: () =>
    "Diese Adresse führt nicht zu Frontdesk zurück. Mach erst im Browser alles fertig und kopiere dann die ganze Adresse, die er am Ende zeigt.",
  callback_damaged: () => "Diese Adresse ist beschädigt. Kopiere noch einmal die ganze Adresse aus dem Browser.",
  callback_unknown: ({ name }) =>
    `${capital(name)} kennt diese Adresse nicht: Sie wurde schon benutzt oder gehört zu einem anderen Versuch. Öffne die Seite noch einmal und mach sie dort fertig.`,

  passkey_site_insecure: () =>
    "Die Instanz wird nicht über https erreicht, darum kann sie keine Passkeys haben. Melde dich anders an.",
  passkey_site_no_name: () =>
    "Die Instanz hat eine Adresse und keinen Namen, darum kann sie keine Passkeys haben. Melde dich anders an.",
  passkey_site_public_suffix: () =>
    "Neben dem Namen der Instanz kann jeder einen haben, darum kann sie keine Passkeys haben. Melde dich anders an.",
  passkey_options: ({ detail }) =>
    `Die Instanz hat nach etwas gefragt, das kein Passkey ist. Sag denen Bescheid, die sie betreiben.${because(detail)}`,
  passkey_foreign: ({ detail }) =>
    `Die Instanz hat nach Passkeys von ${detail} gefragt, die nicht ihre sind; darum wurde keiner benutzt. Sag denen Bescheid, die sie betreiben.`,
  passkey_no_authenticator: () =>
    "Diesen Ort für Passkeys hat der Computer nicht. Wähle einen anderen.",
  passkey_no_keychain: ({ detail }) =>
    `Dieser Computer hat keinen Schlüsselbund, der einen Passkey behält. Starte einen oder nutze den Tresor hinter einer Passphrase in den Einstellungen.${because(detail)}`,
  passkey_other_kind: () =>
    "Die Instanz will einen Passkey anderer Art. Wähle einen anderen Ort für ihn.",
  passkey_algorithms: () =>
    "Die Instanz nimmt keinen Schlüssel der Art, die hier entsteht. Wähle einen anderen Ort für den Passkey.",
  passkey_exists: () =>
    "Dort gibt es schon einen Passkey dieses Kontos. Wähle einen anderen Ort für einen zweiten.",
  passkey_none: () =>
    "Dort gibt es keinen Passkey für diese Instanz. Wähle einen anderen Ort, an dem du einen hast, oder melde dich anders an.",
  passkey_cancelled: () => "Das wurde abgebrochen, es ist nichts geschehen.",
  passkey_timed_out: () =>
    "Niemand hat rechtzeitig geantwortet, es ist nichts geschehen. Versuch es noch einmal.",
  passkey_pin_wait: ({ detail }) =>
    `Die PIN war mehrmals falsch. Warte ${detail} Sekunden und versuch es dann noch einmal.`,
  passkey_wiped: () =>
    "Die PIN war achtmal falsch, darum wurden die Passkeys und gespeicherten Passwörter dieses Geräts entfernt. Melde dich anders an, füge dann einen neuen Passkey hinzu und entferne den alten.",
  passkey_no_pin: () =>
    "Es gibt noch keine PIN. Sie wird mit dem ersten Passkey dieses Geräts gewählt.",
  passkey_pin_not_set: () =>
    "Der Sicherheitsschlüssel hat keine PIN. Lege im Programm des Herstellers oder im Browser eine fest und versuch es dann noch einmal.",
  passkey_pin_replug: () =>
    "Die PIN war mehrmals falsch. Zieh den Sicherheitsschlüssel ab, steck ihn wieder an und versuch es noch einmal.",
  passkey_pin_blocked: () =>
    "Die PIN war zu oft falsch, der Sicherheitsschlüssel nimmt keine mehr an. Er muss zurückgesetzt werden; dabei geht verloren, was auf ihm ist.",
  passkey_not_verified: () =>
    "Das Telefon oder der Sicherheitsschlüssel hat dich nicht erkannt, es ist nichts geschehen. Versuch es noch einmal.",
  passkey_full: () =>
    "Für noch einen Passkey ist kein Platz. Entferne einen, den du nicht brauchst, oder wähle einen anderen Ort.",
  passkey_gone: () =>
    "Das Telefon oder der Sicherheitsschlüssel war fort, bevor die Antwort da war, es ist nichts geschehen. Versuch es noch einmal.",
  passkey_bluetooth: ({ detail }) =>
    `Telefone werden über Bluetooth gehört, und das geht hier nicht. Schalte es ein oder wähle einen anderen Ort.${because(detail)}`,
  passkey_unreached: ({ detail }) =>
    `Das Telefon hat den Code gelesen und ist über das Internet nicht zu erreichen. Sieh nach, ob beide online sind, und versuch es noch einmal.${because(detail)}`,
  passkey_damaged: () =>
    "Was von den Passkeys dieses Geräts aufbewahrt ist, ist beschädigt. Entferne sie in den Einstellungen und füge neue hinzu.",
  passkey_failed: ({ detail }) =>
    `Der Passkey konnte nicht benutzt werden. Versuch es noch einmal.${because(detail)}`,
  saved_password_none: () =>
    "Für diese Instanz ist auf diesem Gerät kein Passwort gespeichert. Gib es ein, um dich anzumelden.",
  saved_password_nobody: () =>
    "Für diese Instanz ist auf diesem Gerät kein Passwort gespeichert, darum muss gesagt werden, wessen dieses ist.",
  saved_password_damaged: () =>
    "Das Passwort, das auf diesem Gerät gespeichert ist, lässt sich nicht mehr öffnen. Entferne es in den Einstellungen, und gib es ein, um dich anzumelden.",
  saved_password_full: () =>
    "Auf diesem Gerät ist kein Platz für ein weiteres Passwort. Entferne in den Einstellungen eines, das du nicht brauchst.",
  app_locked: () => "Frontdesk ist gesperrt. Entsperre es, dann versuch es noch einmal.",

  window_foreign: () => "Das darf nur das Hauptfenster von Frontdesk.",
  request_unknown: () =>
    "Frontdesk kennt diese Bitte nicht, darum wurde nichts getan. Beende Frontdesk und starte es neu.",
  input_too_long: () => "Deine Eingabe ist zu lang. Kürze sie und versuch es noch einmal.",
  input_control: () =>
    "Deine Eingabe enthält Steuerzeichen, etwa einen Zeilenumbruch. Entferne sie und versuch es noch einmal.",
  file_unwritable: ({ detail }) =>
    `Diese Datei lässt sich nicht schreiben, es wurde also nichts gespeichert. Wähle einen anderen Ort.${because(detail)}`,
  not_confirmed: () => "Das wurde nicht bestätigt, darum ist nichts geschehen.",
  preferences_unwritable: ({ detail }) =>
    `Die Einstellungen konnten nicht gespeichert werden, darum bleiben die bisherigen. Schaffe Platz auf der Platte oder mach die Datei beschreibbar und versuch es dann noch einmal.${because(detail)}`,
  start_at_login_failed: ({ detail }) =>
    `Was das System beim Anmelden startet, konnte nicht geändert werden. Ändere es in den Einstellungen des Systems.${because(detail)}`,
  clipboard_failed: () =>
    "Der Text konnte nicht kopiert werden: Die Zwischenablage des Systems hat nicht geantwortet. Versuch es noch einmal, oder markiere den Text und kopiere ihn von Hand.",
};

/** What is said in place of some of them while a passphrase, and not the keychain, guards what is kept. */
const behindPassphrase: Partial<Reasons> = {
  vault_locked: () =>
    "Dein Tresor ist gesperrt, darum kann dort nichts gelesen oder aufbewahrt werden. Entsperre ihn und versuch es dann noch einmal.",
  vault_denied: ({ detail }) =>
    `Frontdesk darf die Datei deines Tresors nicht lesen oder schreiben. Mach sie wieder zu deiner und versuch es dann noch einmal.${because(detail)}`,
  vault_no_collection: ({ detail }) =>
    `Die Datei deines Tresors ist weg. Leg sie zurück und versuch es dann noch einmal.${because(detail)}`,
  vault_broken: ({ detail }) =>
    `Dein Tresor ist beschädigt; er wurde so gelassen, wie er ist. Stell seine Datei aus einer Sicherung wieder her und versuch es dann noch einmal.${because(detail)}`,
  vault_absent: ({ detail }) =>
    `Die Datei deines Tresors ist weg. Leg sie zurück und versuch es dann noch einmal.${because(detail)}`,
  vault_full: ({ detail }) =>
    `Dein Tresor konnte nicht geschrieben werden, weil kein Platz ist. Schaffe Platz auf der Platte und versuch es dann noch einmal.${because(detail)}`,
  vault_item_damaged: ({ detail }) =>
    `Ein Eintrag in deinem Tresor ist beschädigt; er wurde so gelassen, wie er ist. Melde dich neu an, um ihn zu ersetzen.${because(detail)}`,
  vault_item_missing: ({ name }) =>
    `In deinem Tresor ist nicht mehr, womit du angemeldet warst (${name}). Melde dich neu an.`,
  vault_failed: ({ detail }) =>
    `Die Datei deines Tresors konnte nicht gelesen oder geschrieben werden. Versuch es noch einmal.${because(detail)}`,
  instance_key_missing: ({ detail }) =>
    `Der Schlüssel der Instanz in der App ist nicht mehr in deinem Tresor, darum sind ihre Daten nicht lesbar. Stell die Datei des Tresors wieder her und versuch es noch einmal; oder verschiebe den Ordner ${detail}, um mit einer leeren Instanz zu beginnen.`,
  instance_key_damaged: () =>
    "Der Schlüssel der Instanz in der App ist beschädigt. Stell die Datei deines Tresors wieder her und versuch es dann noch einmal.",
  instance_key_mismatch: () =>
    "Der Schlüssel in deinem Tresor gehört nicht zu den Daten der Instanz in der App. Stell die Datei des Tresors oder die Daten wieder her; es wurde nichts geändert.",
};

const warnings: Record<PasswordWarning, string> = {
  key_row: "Eine gerade Tastenreihe ist leicht zu erraten.",
  key_pattern: "Ein kurzes Tastenmuster ist leicht zu erraten.",
  repeated_character: "Wiederholungen wie „aaa“ sind leicht zu erraten.",
  repeated_group: "Wiederholungen wie „abcabc“ sind kaum schwerer zu erraten als „abc“.",
  top_ten: "Das ist eines der zehn meistbenutzten Passwörter.",
  top_hundred: "Das ist eines der hundert meistbenutzten Passwörter.",
  common: "Dieses Passwort ist sehr verbreitet.",
  like_common: "Das ähnelt einem verbreiteten Passwort.",
  sequence: "Eine Folge wie „abc“ oder „6543“ ist leicht zu erraten.",
  recent_year: "Eine Jahreszahl aus letzter Zeit ist leicht zu erraten.",
  single_word: "Ein Wort für sich ist leicht zu erraten.",
  date: "Ein Datum ist oft leicht zu erraten.",
  single_name: "Ein Name für sich ist leicht zu erraten.",
  common_name: "Verbreitete Namen sind leicht zu erraten.",
};

const advice: Record<PasswordAdvice, string> = {
  few_words: "Nimm einige Wörter, aber keine übliche Wendung.",
  no_need_for_symbols: "Sonderzeichen, Ziffern und Großbuchstaben sind nicht nötig.",
  add_words: "Füge noch ein oder zwei Wörter hinzu, am besten seltene.",
  capitals_do_not_help: "Großbuchstaben helfen nicht viel.",
  all_capitals: "Nur Großbuchstaben sind fast so leicht zu erraten wie gar keine.",
  reversed_word: "Umgedrehte Wörter sind nicht viel schwerer zu erraten.",
  substitutions: "„@“ statt „a“ und Ähnliches hilft nicht viel.",
  longer_pattern: "Nimm ein längeres Tastenmuster mit mehr Richtungswechseln.",
  avoid_repeats: "Vermeide wiederholte Wörter und Zeichen.",
  avoid_sequences: "Vermeide Folgen.",
  avoid_recent_years: "Vermeide Jahreszahlen aus letzter Zeit.",
  avoid_own_years: "Vermeide Jahre, die mit dir zu tun haben.",
  avoid_own_dates: "Vermeide Daten und Jahre, die mit dir zu tun haben.",
};

/** What is said when something did not work, in German. */
export const errors: typeof english = {
  details: { code: "Code", traceId: "Spurkennung" },
  copyDetails: "Einzelheiten kopieren",
  reasons,
  behindPassphrase,
  warnings,
  advice,
  foreign: (text) => `Die Instanz antwortet: „${text}“`,
  retryIn: (seconds) =>
    seconds > 0 ? `In ${seconds} s kannst du es noch einmal versuchen.` : "Jetzt kannst du es noch einmal versuchen.",
  tooFast: (seconds) =>
    seconds
      ? `Das war zu oft in kurzer Zeit. Warte ${seconds} s und versuch es noch einmal.`
      : "Das war zu oft in kurzer Zeit. Warte einen Moment und versuch es noch einmal.",
  byCode: {
    oauth_access_denied:
      "Du oder der Anbieter habt nicht zugestimmt. Es wurde nichts geändert. Versuch es noch einmal, wenn du weitermachen willst.",
    oauth_account_already_connected:
      "Ein Konto bei diesem Anbieter ist schon verbunden. Trenne es zuerst, um ein anderes zu verbinden.",
    oauth_identification_claimed:
      "Dieses Konto gehört bei dieser Instanz jemand anderem. Wähle beim Anbieter ein anderes.",
    oauth_token_exchange_error:
      "Die Instanz und der Anbieter haben sich nicht verstanden. Versuch es noch einmal. Hilft das nicht, gehen vielleicht die Uhr der Instanz oder ihre Einstellungen für den Anbieter falsch: Sag denen Bescheid, die sie betreiben.",
    oauth_fetch_user_error:
      "Der Anbieter hat nicht gesagt, wer du bist; vielleicht ist er gestört. Versuch es später noch einmal.",
    oauth_callback_invalid:
      "Der Anbieter kam mit etwas zurück, das die Instanz nicht brauchen kann. Fang neu an.",
    oauth_provider_not_enabled: "Diese Instanz nimmt diesen Anbieter nicht mehr. Wähle einen anderen Weg.",
    oauth_unsupported_provider: "Diese Instanz kennt diesen Anbieter nicht. Wähle einen anderen Weg.",
    oauth_non_authenticatable_provider:
      "Dieser Anbieter lässt sich verbinden, aber nicht zum Anmelden benutzen. Wähle einen anderen Weg.",
    oauth_config_missing:
      "Diese Instanz ist für diesen Anbieter noch nicht eingerichtet. Sag denen Bescheid, die sie betreiben.",
    misconfigured_oauth_provider:
      "Diese Instanz ist für diesen Anbieter falsch eingerichtet. Sag denen Bescheid, die sie betreiben.",
    external_account_not_found: "Unter diesem Konto ist hier niemand bekannt. Erstelle zuerst ein Konto.",
    external_account_exists: "Unter diesem Konto ist hier schon jemand bekannt. Melde dich stattdessen an.",
    external_account_missing_refresh_token:
      "Der Anbieter lässt diese App nicht mehr für dich herein. Verbinde das Konto neu.",
    external_account_email_address_verification_required:
      "Der Anbieter steht nicht für deine E-Mail-Adresse ein. Bestätige sie dort, oder melde dich anders an.",
    account_transfer_invalid: "Was der Browser mitgebracht hat, gilt nicht mehr. Fang neu an.",
    identifier_already_signed_in: "Dieses Konto ist hier schon angemeldet.",
    resource_missmatch:
      "Diese Instanz erlaubt die Adresse nicht, über die der Browser zurückkommt. Sag denen Bescheid, die sie betreiben.",
    delete_linked_identification_disallowed:
      "Das hängt an einem anderen Weg herein, darum bleibt es. Trenne zuerst den anderen.",
    image_too_large: "Dieses Bild ist zu groß. Wähle eines bis 10 MB oder verkleinere es.",
    image_not_found: "Es gibt kein Bild mehr.",
    form_identifier_exists:
      "Zu dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich dort an oder nimm eine andere Adresse.",
    form_identifier_not_found: "Zu dieser E-Mail-Adresse gibt es bei dieser Instanz kein Konto.",
    form_email_address_blocked: "Der Mailserver dieser Adresse nimmt keine Mail an. Nimm eine andere Adresse.",
    form_param_nil: "Fülle dieses Feld aus.",
    form_param_missing: "Fülle dieses Feld aus.",
    form_param_max_length_exceeded: "Das ist zu lang. Kürze es.",
    form_password_incorrect:
      "Dieses Passwort ist nicht richtig. Versuch es noch einmal oder melde dich auf andere Weise an.",
    form_password_or_identifier_incorrect: "Die E-Mail-Adresse oder das Passwort ist nicht richtig.",
    form_password_pwned: "Dieses Passwort wurde in einem Datenleck gefunden. Wähle ein anderes.",
    form_password_compromised: "Dieses Passwort wurde in einem Datenleck gefunden. Wähle ein anderes.",
    form_password_not_strong_enough:
      "Dieses Passwort ist leicht zu erraten. Mach es länger oder ungewöhnlicher.",
    form_password_length_too_short: "Dieses Passwort ist zu kurz. Mach es länger.",
    form_password_length_too_long: "Dieses Passwort ist zu lang. Kürze es.",
    form_password_size_in_bytes_exceeded: "Dieses Passwort ist zu lang. Kürze es.",
    form_password_no_uppercase: "Nimm mindestens einen Großbuchstaben.",
    form_password_no_lowercase: "Nimm mindestens einen Kleinbuchstaben.",
    form_password_no_number: "Nimm mindestens eine Ziffer.",
    form_password_no_special_char: "Nimm mindestens ein Sonderzeichen.",
    form_password_matches_identifier: "Das Passwort darf nicht die E-Mail-Adresse sein.",
    form_password_validation_failed: "Das ist nicht das bisherige Passwort. Versuch es noch einmal.",
    form_new_password_matches_current: "Dieses Passwort hast du schon. Wähle ein anderes.",
    no_password_set: "Dieses Konto hat kein Passwort.",
    password_required: "Diese Instanz verlangt für jedes Konto ein Passwort, darum bleibt es.",
    last_required_identification_deletion_failed: "Das ist dein letzter Weg hinein, darum bleibt er. Füge erst einen anderen hinzu.",
    identification_deletion_failed: "Diese Adresse lässt sich nicht entfernen. Mach erst eine andere zur Hauptadresse.",
    user_delete_self_not_enabled: "Bei dieser Instanz kann man sein Konto nicht selbst löschen. Frag die, die sie betreiben.",
    too_many_unverified_identifications: "Zu viele Adressen warten auf ihre Bestätigung. Bestätige oder entferne erst eine.",
    form_code_incorrect: "Dieser Code ist nicht richtig. Sieh in der neuesten Nachricht nach und versuch es noch einmal.",
    verification_failed: "Zu viele falsche Codes. Fordere einen neuen an und nimm diesen.",
    verification_expired: "Dieser Code ist abgelaufen. Fordere einen neuen an.",
    verification_not_sent: "Die Nachricht konnte nicht gesendet werden. Warte einen Moment und versuch es noch einmal.",
    user_locked:
      "Dieses Konto ist wegen zu vieler falscher Versuche vorerst gesperrt. Warte eine Weile und versuch es dann noch einmal.",
    user_banned: "Wer diese Instanz betreibt, hat dieses Konto ausgeschlossen. Frag dort nach.",
    user_deactivated: "Wer diese Instanz betreibt, hat dieses Konto abgeschaltet. Frag dort nach.",
    account_lockout_warning: "Noch ein paar falsche Versuche sperren dieses Konto für eine Weile.",
    not_allowed_access:
      "Diese Adresse oder Nummer darf bei dieser Instanz nicht verwendet werden, eine Adresse vielleicht wegen ihres Teils nach dem +. Nimm eine andere, oder frag die, die die Instanz betreiben.",
    sign_up_mode_restricted: "Diese Instanz nimmt neue Leute nur auf Einladung.",
    sign_up_restricted_waitlist: "Diese Instanz hat eine Warteliste für neue Leute.",
    waitlist_not_accepting_entries: "Diese Instanz hat keine Warteliste mehr. Geh zurück und registriere dich.",
    ticket_invalid_code: "Das ist keine Einladung dieser Instanz. Kopiere den ganzen Link aus der Nachricht.",
    ticket_expired_code: "Diese Einladung ist zu alt. Bitte die, die dich eingeladen haben, um eine neue.",
    revoked_invitation: "Diese Einladung wurde zurückgezogen. Frag die, die dich eingeladen haben.",
    invitation_already_accepted: "Diese Einladung wurde schon benutzt. Wenn du es warst, melde dich an.",
    invitation_account_exists: "Die Adresse dieser Einladung hat schon ein Konto. Melde dich damit an.",
    session_reverification_required: "Dafür will die Instanz noch einmal wissen, wer du bist. Versuch es noch einmal.",
    session_reverification_missing: "Das hat zu lange gedauert. Fang neu an.",
    invalid_action_for_session_reverification: "Das hat zu lange gedauert. Fang neu an.",
    passkey_not_registered: "Diesen Passkey kennt die Instanz nicht; er wurde gelöscht oder gehört einem anderen Konto. Nimm einen anderen oder melde dich anders an.",
    no_passkeys_found_for_user: "Dieses Konto hat keinen Passkey. Melde dich anders an.",
    passkey_invalid_verification: "Die Instanz hat den Passkey nicht angenommen. Versuch es noch einmal oder melde dich anders an.",
    passkey_authentication_failure: "Die Instanz hat den Passkey nicht angenommen. Versuch es noch einmal oder melde dich anders an.",
    passkey_registration_failure: "Die Instanz hat den neuen Passkey nicht angenommen, er wurde nicht hinzugefügt. Versuch es noch einmal.",
    passkey_quota_exceeded: "Dieses Konto hat so viele Passkeys, wie es haben kann. Lösche einen, um einen anderen hinzuzufügen.",
    totp_already_enabled: "Eine Authenticator-App ist schon eingerichtet. Entferne sie zuerst, um eine andere einzurichten.",
    backup_codes_not_available: "Ersatzcodes brauchen zuerst einen anderen zweiten Schritt. Füge einen hinzu und erzeuge sie dann.",
    second_factor_deletion_not_allowed:
      "Diese Instanz verlangt für jedes Konto einen zweiten Schritt, darum bleibt er. Füge zuerst einen anderen hinzu.",
    no_second_factors: "Dieses Konto hat keinen zweiten Schritt mehr. Melde dich neu an.",
    unsupported_country_code: "Diese Instanz nimmt keine Telefonnummern dieses Landes. Nimm eine andere Nummer.",
    form_username_invalid_length: "Dieser Benutzername ist zu kurz oder zu lang.",
    form_username_invalid_character: "Nimm nur lateinische Buchstaben, Ziffern, - und _.",
    form_username_needs_non_number_char: "Ein Benutzername braucht neben Ziffern auch einen Buchstaben.",
    session_exists: "Diese Instanz erlaubt hier nur ein Konto zur selben Zeit. Melde erst das andere ab.",
    strategy_for_user_invalid: "Auf diese Weise kann sich dieses Konto nicht anmelden. Wähle eine andere.",
    identification_claimed: "Jemand anders hat diese Adresse inzwischen bestätigt. Nimm eine andere.",
    resource_not_found: "Das gibt es nicht mehr. Geh zurück und sieh noch einmal nach.",
    authentication_invalid: "Du bist hier nicht mehr angemeldet. Melde dich neu an.",
    signed_out: "Du bist hier nicht mehr angemeldet. Melde dich neu an.",
    native_api_disabled: "Diese Instanz lässt keine Apps herein. Frag die, die sie betreiben.",
    internal_clerk_error:
      "In der Instanz ist etwas schiefgegangen. Versuch es noch einmal; wenn es so bleibt, sag es denen, die sie betreiben.",
    service_unavailable: "Die Instanz kann gerade nicht antworten. Warte einen Moment und versuch es noch einmal.",
  },
};

function because(detail: string): string {
  return detail ? ` (${detail})` : "";
}
