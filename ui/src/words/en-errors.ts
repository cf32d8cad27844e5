import type { PasswordAdvice } from "../bridge/PasswordAdvice";
import type { PasswordWarning } from "../bridge/PasswordWarning";
import type { Reason } from "../bridge/Reason";
import { capital } from "./sentence";

/** What a sentence about a failure may name. */
export interface Facts {
  /** The instance it is about, as it is called within a sentence. */
  name: string;
  /** Whether that is the one inside the app, for which no network is to blame. */
  local: boolean;
  /** What no catalogue can hold: the system's own words, a folder, an address. Empty when there is none. */
  detail: string;
}

/** A sentence for each failure that the app itself reports. */
export type Reasons = Record<Reason, (facts: Facts) => string>;

/** What to do where a CA file is of no use. */
const PEM = "Ask whoever runs the network for the certificate of its authority as a PEM file.";

const reasons: Reasons = {
  network_unreachable: ({ name, local, detail }) =>
    `${capital(name)} cannot be reached, so nothing changed. ${
      local
        ? "Try again; if that does not help, quit Frontdesk and start it again."
        : "Check the network, then try again."
    }${because(detail)}`,
  answer_lost: ({ name, detail }) =>
    `The answer of ${name} did not arrive, so what you asked for may have happened or not. Look before you try again.${because(detail)}`,
  certificate_not_trusted: ({ name, detail }) =>
    `${capital(name)} showed a certificate that this computer does not trust, so nothing was sent. If your organization has its own authority, add its CA file in Settings, Network. If this network wants you to sign in first, do that in your browser.${because(detail)}`,
  issuer_not_trusted: ({ name, detail }) =>
    `${capital(name)} showed a certificate issued by ${detail}, which this computer does not trust, so nothing was sent. If that is your organization's own authority, add its CA file in Settings, Network. If this network wants you to sign in first, do that in your browser.`,
  proxy_unreachable: ({ name, detail }) =>
    `The proxy on the way to ${name} cannot be reached, so nothing changed. Check the proxy in Settings, Network, or ask whoever runs it.${because(detail)}`,
  proxy_wants_password: ({ name, detail }) =>
    `The proxy on the way to ${name} wants a name and a password, or does not take the ones it was given, so nothing changed. Enter them in Settings, Network.${because(detail)}`,
  proxy_refused: ({ name, detail }) =>
    `The proxy does not lead to ${name}, so nothing changed. Ask whoever runs the proxy, or choose another way in Settings, Network.${because(detail)}`,
  name_not_found: ({ name, detail }) =>
    `No computer of the name of ${name} is found, so nothing changed. Check the network and the address, then try again.${because(detail)}`,
  proxy_invalid: () =>
    "This names no proxy. Write its host without http://, such as proxy.example.com, and its port as a number from 1 to 65535. Nothing was changed.",
  authority_unreadable: ({ detail }) => `This file cannot be read, so nothing was changed. Pick another one.${because(detail)}`,
  authority_too_large: () => `This file is larger than a file of certificates is, so nothing was changed. ${PEM}`,
  authority_damaged: () => `This file is damaged, so nothing was changed. ${PEM}`,
  authority_private_key: () =>
    `This file holds a private key, which belongs to its owner alone, so nothing was changed. ${PEM}`,
  authority_none: () => `This file holds no certificate in PEM (BEGIN CERTIFICATE), so nothing was changed. ${PEM}`,
  authority_not_one: ({ detail }) =>
    `The certificate of ${detail} is not an authority's, but a server's or a person's, so nothing was changed. ${PEM}`,
  authority_expired: ({ detail }) => `The certificate of ${detail} has expired, so nothing was changed. ${PEM}`,
  authority_unusable: ({ detail }) =>
    `A certificate in this file cannot be used, so nothing was changed. ${PEM}${because(detail)}`,
  authorities_too_many: ({ detail }) =>
    `Frontdesk trusts ${detail} authorities of your own at most. Remove one, then try again.`,
  network_wants_sign_in: ({ name, detail }) =>
    `Something between here and ${name} answered in its place. This network probably wants you to sign in first: open any web page in your browser, do that, then try again.${because(detail)}`,
  answer_not_understood: ({ name, detail }) =>
    `${capital(name)} answered with something that is not the protocol's. Something between here and there may have answered in its place; try again, or tell whoever runs it.${because(detail)}`,
  answer_unusable: ({ detail }) => `The answer cannot be shown. Try again.${because(detail)}`,
  network_unusable: ({ detail }) =>
    `This computer's network or proxy settings cannot be used. Correct them, then start Frontdesk again.${because(detail)}`,

  vault_locked: ({ detail }) =>
    `Your keychain is locked, so nothing can be read or kept there. Unlock it, then try again.${because(detail)}`,
  vault_denied: ({ detail }) =>
    `Your keychain is refused to Frontdesk. Allow it there, then try again.${because(detail)}`,
  vault_no_collection: ({ detail }) =>
    `Your keychain service has no keychain yet, so you stay signed in only until you quit. Make one, then try again.${because(detail)}`,
  vault_broken: ({ detail }) =>
    `Your keychain is damaged; it was left as it is. Restore it from a backup, then try again.${because(detail)}`,
  vault_absent: ({ detail }) =>
    `This computer has no keychain that Frontdesk can use, so you stay signed in only until you quit.${because(detail)}`,
  vault_full: ({ detail }) =>
    `Your keychain takes no more items. Remove some that you no longer need, then try again.${because(detail)}`,
  passphrase_wrong: () => "This is not the passphrase of your vault. Nothing was changed; try again.",
  passphrase_too_soon: ({ detail }) => `That was wrong several times. Wait ${detail} seconds, then try again.`,
  passphrase_too_short: ({ detail }) =>
    `A passphrase needs at least ${detail} characters. Nothing was changed; choose a longer one.`,
  vault_item_damaged: ({ detail }) =>
    `An item in your keychain is damaged; it was left as it is. Sign in again to replace it.${because(detail)}`,
  vault_item_missing: ({ name }) =>
    `Your keychain no longer has what kept you signed in at ${name}. Sign in again to go on.`,
  vault_failed: ({ detail }) =>
    `Your keychain did not do what it was asked. Try again; signing in to this computer anew may help.${because(detail)}`,

  local_starting: () => "The instance on this computer is still starting.",
  local_unusable: ({ detail }) =>
    `The instance on this computer cannot be spoken to. Quit Frontdesk and start it again.${because(detail)}`,
  local_port_taken: () =>
    "Another program uses the port of this computer at which the browser would come to the instance inside the app, so the browser was not opened. End that program, then try again.",
  local_instance: ({ detail }) => `The instance inside the app did not start.${because(detail)}`,
  database_newer: () =>
    "The data of the instance inside the app was written by a newer version of Frontdesk. Install that version; nothing was changed.",
  already_served: ({ detail }) =>
    `Another program uses the data of the instance inside the app. Stop it, then try again.${because(detail)}`,
  local_elsewhere: () =>
    "Another process of Frontdesk serves the instance inside the app, or it does not run, so nothing was copied. Try again once it runs here.",
  tools_not_allowed: () =>
    "Tools may not use the instance inside the app, so nothing was copied. Let them first, then copy again.",
  instance_key_missing: ({ detail }) =>
    `The key of the instance inside the app is no longer in your keychain, so its data cannot be read. Restore the keychain and try again; or move the folder ${detail} away to begin with an empty instance.`,
  instance_key_damaged: () =>
    "The key of the instance inside the app is damaged. Restore your keychain, then try again.",
  instance_key_mismatch: () =>
    "The key in your keychain does not belong to the data of the instance inside the app. Restore the keychain or the data; nothing was changed.",
  throw_away_folder: ({ detail }) =>
    `The instance inside the app needs a folder and cannot have it. Make room or make the folder writable, then try again.${because(detail)}`,
  data_folder_unwritable: ({ detail }) =>
    `Frontdesk cannot write to its folder, so nothing new will be remembered. Make the folder writable for you, or make room on the disk, and start Frontdesk again.${because(detail)}`,
  system_unavailable: ({ detail }) =>
    `This computer could not provide what Frontdesk needs, such as random numbers. Restart it, then try again.${because(detail)}`,

  address_invalid: () =>
    "This is neither a publishable key, which begins with pk_, nor an address such as https://auth.example.com. Copy it again, as a whole.",
  address_insecure: () =>
    "This address begins with http, so anybody on the way could read and change what is sent. Use its https address; without encryption Frontdesk speaks to this computer alone.",
  address_unknown: ({ name }) =>
    `${capital(name)} does not say that it is a Frontdesk server. Check the address; for a Clerk instance paste its publishable key, which begins with pk_.`,
  instance_known: ({ name }) =>
    `${capital(name)} is on your list already: this is its key or address. You find it in Settings, under Instances.`,
  key_invalid: () => "The key of this instance is damaged. Remove the instance and add it again.",
  key_prefix: () => "This key cannot be used: a publishable key begins with pk_test_ or pk_live_.",
  key_encoding: () => "This publishable key is damaged. Copy it again, as a whole.",
  key_host: () => "This publishable key names no valid host. Copy it again, as a whole.",
  instance_unknown: () => "The app knows no such instance; it may have been removed meanwhile.",
  instance_removed: () => "This instance was removed meanwhile, so nothing was done.",
  local_stays: () => "The instance on this computer is part of the app and cannot be removed.",
  list_unwritable: ({ detail }) =>
    `The instance could not be added, since the app's folder cannot be written to. Make room or change its permissions, then try again.${because(detail)}`,
  outbox_elsewhere: () =>
    "Only the instance on this computer keeps its messages where this app can read them.",

  signed_out: ({ name }) => `Nobody is signed in at ${name} any more. Sign in again to go on.`,
  session_ended: ({ name, detail }) =>
    `${detail || "An account"} was signed out at ${name}. Sign in again to go on.`,
  account_gone: () => "This account is not signed in any more. Sign in again.",
  no_sign_in: () => "No sign-in is under way here any more. Begin again.",
  no_sign_up: () => "No sign-up is under way here any more. Begin again.",

  flow_expired: () =>
    "The browser did not come back in time, so this is not waited for any more. Begin again.",
  flow_unknown: () => "This is not waited for any more. Begin again.",
  page_missing: ({ name }) =>
    `${capital(name)} named no page for the browser. Try again, or tell those who run it.`,
  page_refused: ({ name }) =>
    `${capital(name)} named a page that Frontdesk does not open, since it is no safe web address. Nothing was opened. Tell those who run it.`,
  no_way_back: ({ detail }) =>
    `The browser would find no way back, since this computer gives no port. Restart it, then try again.${because(detail)}`,
  callback_elsewhere: () =>
    "This address does not lead back to Frontdesk. Finish in the browser first, then copy the whole address that it shows at the end.",
  callback_damaged: () => "This address is damaged. Copy the whole address from the browser once more.",
  callback_unknown: ({ name }) =>
    `${capital(name)} knows nothing of this address: it was used already, or belongs to another try. Open the page again and finish there.`,

  passkey_site_insecure: () =>
    "The instance is not reached over https, so it can have no passkeys. Sign in another way.",
  passkey_site_no_name: () =>
    "The instance has an address and no name, so it can have no passkeys. Sign in another way.",
  passkey_site_public_suffix: () =>
    "Anybody may have a name beside that of the instance, so it can have no passkeys. Sign in another way.",
  passkey_options: ({ detail }) =>
    `The instance asked for something that is no passkey. Tell whoever runs it.${because(detail)}`,
  passkey_foreign: ({ detail }) =>
    `The instance asked for passkeys of ${detail}, which are not its own, so none was used. Tell whoever runs it.`,
  passkey_no_authenticator: () =>
    "This computer has no such place for passkeys. Choose another one.",
  passkey_no_keychain: ({ detail }) =>
    `This computer has no keychain that keeps a passkey. Start one, or use the vault behind a passphrase in Settings.${because(detail)}`,
  passkey_other_kind: () =>
    "The instance wants a passkey of another kind. Choose another place for it.",
  passkey_algorithms: () =>
    "The instance takes no key of the kind that is made here. Choose another place for the passkey.",
  passkey_exists: () =>
    "There is a passkey of this account already. Choose another place for a second one.",
  passkey_none: () =>
    "There is no passkey for this instance. Choose another place where you have one, or sign in another way.",
  passkey_cancelled: () => "This was cancelled, so nothing was done.",
  passkey_timed_out: () => "Nobody answered in time, so nothing was done. Try again.",
  passkey_pin_wait: ({ detail }) =>
    `The PIN was wrong several times. Wait ${detail} seconds, then try again.`,
  passkey_wiped: () =>
    "The PIN was wrong eight times, so the passkeys and saved passwords of this device were removed. Sign in another way, then add a new passkey and remove the old one.",
  passkey_no_pin: () => "There is no PIN yet. It is chosen with the first passkey of this device.",
  passkey_pin_not_set: () =>
    "The security key has no PIN. Set one in its maker's program or in your browser, then try again.",
  passkey_pin_replug: () =>
    "The PIN was wrong several times. Take the security key out, plug it in again, and try once more.",
  passkey_pin_blocked: () =>
    "The PIN was wrong too often, so the security key takes none any more. It has to be reset, which removes what is on it.",
  passkey_not_verified: () =>
    "The phone or the security key did not recognise you, so nothing was done. Try again.",
  passkey_full: () =>
    "There is no room for another passkey. Remove one that you do not need, or choose another place.",
  passkey_gone: () =>
    "The phone or the security key went away before it had answered, so nothing was done. Try again.",
  passkey_bluetooth: ({ detail }) =>
    `Phones are heard by Bluetooth, which does not work here. Turn it on, or choose another place.${because(detail)}`,
  passkey_unreached: ({ detail }) =>
    `The phone has read the code and is not reached over the internet. Look whether both are online, then try again.${because(detail)}`,
  passkey_damaged: () =>
    "What is kept of the passkeys of this device is damaged. Remove them in Settings and add new ones.",
  passkey_failed: ({ detail }) => `The passkey could not be used. Try again.${because(detail)}`,
  saved_password_none: () => "No password is saved on this device for this instance. Enter it to sign in.",
  saved_password_nobody: () => "No password is saved on this device for this instance, so it has to be said whose this one is.",
  saved_password_damaged: () =>
    "The password that is saved on this device cannot be opened any more. Remove it in Settings, and enter it to sign in.",
  saved_password_full: () =>
    "There is no room for another password on this device. Remove one in Settings that you do not need.",
  app_locked: () => "Frontdesk is locked. Unlock it, then try again.",

  window_foreign: () => "Only the main window of Frontdesk may do this.",
  request_unknown: () =>
    "Frontdesk does not know this request, so nothing was done. Quit Frontdesk and start it again.",
  input_too_long: () => "What you typed is too long. Shorten it and try again.",
  input_control: () =>
    "What you typed has control characters, such as a line break. Remove them and try again.",
  file_unwritable: ({ detail }) =>
    `This file cannot be written, so nothing was saved. Choose another place.${because(detail)}`,
  not_confirmed: () => "This was not confirmed, so nothing was done.",
  preferences_unwritable: ({ detail }) =>
    `The settings could not be saved, so the ones before stay. Make room on the disk or make the file writable, then try again.${because(detail)}`,
  start_at_login_failed: ({ detail }) =>
    `What the system starts at login could not be changed. Change it in the system’s own settings.${because(detail)}`,
  clipboard_failed: () =>
    "The text could not be copied: the system's clipboard did not answer. Try again, or select the text and copy it by hand.",
};

/** What is said in place of some of them while a passphrase, and not the keychain, guards what is kept. */
const behindPassphrase: Partial<Reasons> = {
  vault_locked: () => "Your vault is locked, so nothing can be read or kept there. Unlock it, then try again.",
  vault_denied: ({ detail }) =>
    `Frontdesk may not read or write the file of your vault. Make it yours again, then try again.${because(detail)}`,
  vault_no_collection: ({ detail }) => `The file of your vault is gone. Put it back, then try again.${because(detail)}`,
  vault_broken: ({ detail }) =>
    `Your vault is damaged; it was left as it is. Restore its file from a backup, then try again.${because(detail)}`,
  vault_absent: ({ detail }) => `The file of your vault is gone. Put it back, then try again.${because(detail)}`,
  vault_full: ({ detail }) =>
    `Your vault could not be written, since there is no room. Make room on the disk, then try again.${because(detail)}`,
  vault_item_damaged: ({ detail }) =>
    `An item in your vault is damaged; it was left as it is. Sign in again to replace it.${because(detail)}`,
  vault_item_missing: ({ name }) =>
    `Your vault no longer has what kept you signed in at ${name}. Sign in again to go on.`,
  vault_failed: ({ detail }) => `The file of your vault could not be read or written. Try again.${because(detail)}`,
  instance_key_missing: ({ detail }) =>
    `The key of the instance inside the app is no longer in your vault, so its data cannot be read. Restore the vault's file and try again; or move the folder ${detail} away to begin with an empty instance.`,
  instance_key_damaged: () =>
    "The key of the instance inside the app is damaged. Restore your vault's file, then try again.",
  instance_key_mismatch: () =>
    "The key in your vault does not belong to the data of the instance inside the app. Restore the vault's file or the data; nothing was changed.",
};

const warnings: Record<PasswordWarning, string> = {
  key_row: "A straight row of keys is easy to guess.",
  key_pattern: "A short pattern of keys is easy to guess.",
  repeated_character: "Repeats like “aaa” are easy to guess.",
  repeated_group: "Repeats like “abcabc” are hardly harder to guess than “abc”.",
  top_ten: "This is one of the ten passwords that are used most.",
  top_hundred: "This is one of the hundred passwords that are used most.",
  common: "This password is very common.",
  like_common: "This is much like a common password.",
  sequence: "A sequence like “abc” or “6543” is easy to guess.",
  recent_year: "A recent year is easy to guess.",
  single_word: "A word by itself is easy to guess.",
  date: "A date is often easy to guess.",
  single_name: "A name by itself is easy to guess.",
  common_name: "Common names are easy to guess.",
};

const advice: Record<PasswordAdvice, string> = {
  few_words: "Use a few words, and no common phrase.",
  no_need_for_symbols: "Symbols, digits and capitals are not needed.",
  add_words: "Add another word or two. Uncommon words are better.",
  capitals_do_not_help: "Capitals do not help much.",
  all_capitals: "All capitals are almost as easy to guess as none.",
  reversed_word: "Reversed words are not much harder to guess.",
  substitutions: "Replacing “a” by “@” and the like does not help much.",
  longer_pattern: "Use a longer pattern of keys with more turns.",
  avoid_repeats: "Avoid repeated words and characters.",
  avoid_sequences: "Avoid sequences.",
  avoid_recent_years: "Avoid recent years.",
  avoid_own_years: "Avoid years that have to do with you.",
  avoid_own_dates: "Avoid dates and years that have to do with you.",
};

/** Which advice is meant by the codes that instances use for it. */
export const ADVICE_OF: Partial<Record<string, PasswordAdvice>> = {
  useWords: "few_words",
  noNeed: "no_need_for_symbols",
  anotherWord: "add_words",
  capitalization: "capitals_do_not_help",
  allUppercase: "all_capitals",
  reverseWords: "reversed_word",
  l33t: "substitutions",
  longerKeyboardPattern: "longer_pattern",
  repeated: "avoid_repeats",
  sequences: "avoid_sequences",
  recentYears: "avoid_recent_years",
  associatedYears: "avoid_own_years",
  dates: "avoid_own_dates",
};

/** What is said when something did not work, in English. */
export const errors = {
  details: { code: "Code", traceId: "Trace ID" },
  copyDetails: "Copy details",
  reasons,
  behindPassphrase,
  warnings,
  advice,
  /** The words of an instance for which there are none here. */
  foreign: (text: string) => text,
  retryIn: (seconds: number) => (seconds > 0 ? `You can try again in ${seconds} s.` : "You can try again now."),
  tooFast: (seconds: number | undefined) =>
    seconds
      ? `That was too often in a short time. Wait ${seconds} s and try again.`
      : "That was too often in a short time. Wait a moment and try again.",
  byCode: {
    oauth_access_denied: "You, or the provider, did not agree. Nothing was changed. Try again if you want to go on.",
    oauth_account_already_connected: "An account of this provider is connected already. Disconnect it first to connect another one.",
    oauth_identification_claimed: "This account belongs to somebody else at this instance. Choose another one at the provider.",
    oauth_token_exchange_error:
      "The instance and the provider did not come to terms. Try again. If that does not help, the clock of the instance or its settings for the provider may be wrong: tell those who run it.",
    oauth_fetch_user_error: "The provider did not say who you are; it may be down. Try again in a while.",
    oauth_callback_invalid: "The provider came back with something that the instance cannot use. Begin again.",
    oauth_provider_not_enabled: "This instance does not take this provider any more. Choose another way.",
    oauth_unsupported_provider: "This instance does not know this provider. Choose another way.",
    oauth_non_authenticatable_provider: "This provider can be connected, but does not sign in here. Choose another way.",
    oauth_config_missing: "This instance has not been set up for this provider yet. Tell those who run it.",
    misconfigured_oauth_provider: "This instance is set up wrongly for this provider. Tell those who run it.",
    external_account_not_found: "Nobody here is known by this account. Create an account first.",
    external_account_exists: "Somebody here is known by this account already. Sign in instead.",
    external_account_missing_refresh_token: "The provider no longer lets this app in for you. Reconnect the account.",
    external_account_email_address_verification_required:
      "The provider does not vouch for your email address. Verify it there, or sign in another way.",
    account_transfer_invalid: "What the browser brought back is not good any more. Begin again.",
    identifier_already_signed_in: "This account is signed in here already.",
    resource_missmatch: "This instance does not allow the address by which the browser comes back. Tell those who run it.",
    delete_linked_identification_disallowed: "This is linked to another way in, so it stays. Disconnect that one first.",
    image_too_large: "This picture is too large. Choose one of up to 10 MB, or make it smaller.",
    image_not_found: "There is no picture any more.",
    form_identifier_exists: "There is already an account with this email address. Sign in to it, or use another address.",
    form_identifier_not_found: "There is no account with this email address at this instance.",
    form_email_address_blocked: "Mail to this address is refused by its mail server. Use another address.",
    form_param_nil: "Fill in this field.",
    form_param_missing: "Fill in this field.",
    form_param_max_length_exceeded: "This is too long. Shorten it.",
    form_password_incorrect: "This password is not right. Try again, or sign in another way.",
    form_password_or_identifier_incorrect: "The email address or the password is not right.",
    form_password_pwned: "This password has been found in a data leak. Choose another one.",
    form_password_compromised: "This password has been found in a data leak. Choose another one.",
    form_password_not_strong_enough: "This password is easy to guess. Make it longer or less common.",
    form_password_length_too_short: "This password is too short. Make it longer.",
    form_password_length_too_long: "This password is too long. Shorten it.",
    form_password_size_in_bytes_exceeded: "This password is too long. Shorten it.",
    form_password_no_uppercase: "Use at least one upper-case letter.",
    form_password_no_lowercase: "Use at least one lower-case letter.",
    form_password_no_number: "Use at least one number.",
    form_password_no_special_char: "Use at least one special character.",
    form_password_matches_identifier: "The password must not be the email address.",
    form_password_validation_failed: "This is not the current password. Try again.",
    form_new_password_matches_current: "This is the password you have. Choose another one.",
    no_password_set: "This account has no password.",
    password_required: "This instance wants every account to have a password, so it stays.",
    last_required_identification_deletion_failed: "This is the last way in that you have, so it stays. Add another one first.",
    identification_deletion_failed: "This address cannot be removed. Make another one the primary address first.",
    user_delete_self_not_enabled: "People cannot delete their accounts at this instance. Ask those who run it.",
    too_many_unverified_identifications: "Too many addresses wait to be verified. Verify or remove one first.",
    form_code_incorrect: "This code is not right. Check the newest message and try again.",
    verification_failed: "Too many wrong codes. Send a new code and use that one.",
    verification_expired: "This code has expired. Send a new one.",
    verification_not_sent: "The message could not be sent. Wait a moment and try again.",
    user_locked: "This account is locked for now because of too many wrong tries. Wait a while and try again.",
    user_banned: "The people who run this instance have banned this account. Ask them about it.",
    user_deactivated: "The people who run this instance have turned this account off. Ask them about it.",
    account_lockout_warning: "A few more wrong tries lock this account for a while.",
    not_allowed_access: "This address or number may not be used at this instance; an address perhaps for its part after +. Use another one, or ask the people who run it.",
    sign_up_mode_restricted: "This instance takes new people by invitation only.",
    sign_up_restricted_waitlist: "This instance has a waiting list for new people.",
    waitlist_not_accepting_entries: "This instance has no waiting list any more. Go back and sign up.",
    ticket_invalid_code: "This is no invitation of this instance. Copy the link of the message as a whole.",
    ticket_expired_code: "This invitation is too old. Ask those who invited you for a new one.",
    revoked_invitation: "This invitation was taken back. Ask those who invited you about it.",
    invitation_already_accepted: "This invitation was used already. If it was you, sign in.",
    invitation_account_exists: "The address of this invitation has an account already. Sign in with it.",
    session_reverification_required: "The instance wants a fresh proof of who you are for this. Try again.",
    session_reverification_missing: "That took too long. Begin again.",
    invalid_action_for_session_reverification: "That took too long. Begin again.",
    passkey_not_registered: "This passkey is not known at this instance; it was deleted, or belongs to another account. Use another one, or sign in another way.",
    no_passkeys_found_for_user: "This account has no passkey. Sign in another way.",
    passkey_invalid_verification: "The instance did not take the passkey. Try again, or sign in another way.",
    passkey_authentication_failure: "The instance did not take the passkey. Try again, or sign in another way.",
    passkey_registration_failure: "The instance did not take the new passkey, so it was not added. Try again.",
    passkey_quota_exceeded: "This account has as many passkeys as it can have. Delete one to add another.",
    totp_already_enabled: "An authenticator app is set up already. Remove it first to set up another one.",
    backup_codes_not_available: "Backup codes need another second step first. Add one, then make them.",
    second_factor_deletion_not_allowed: "This instance wants every account to have a second step, so it stays. Add another one first.",
    no_second_factors: "This account has no second step any more. Sign in again.",
    unsupported_country_code: "This instance takes no phone numbers of this country. Use another number.",
    form_username_invalid_length: "This user name is too short or too long.",
    form_username_invalid_character: "Use Latin letters, digits, - and _ alone.",
    form_username_needs_non_number_char: "A user name needs a letter besides digits.",
    session_exists: "This instance allows one account at a time here. Sign out of the other one first.",
    strategy_for_user_invalid: "This account cannot sign in this way. Choose another one.",
    identification_claimed: "Somebody else has proven this address meanwhile. Use another one.",
    resource_not_found: "This is no longer there. Go back and look again.",
    authentication_invalid: "You are not signed in here any more. Sign in again.",
    signed_out: "You are not signed in here any more. Sign in again.",
    native_api_disabled: "This instance does not let apps in. Ask the people who run it.",
    internal_clerk_error: "Something went wrong inside the instance. Try again; if it stays, tell whoever runs it.",
    service_unavailable: "The instance cannot answer right now. Wait a moment and try again.",
  },
};

function because(detail: string): string {
  return detail ? ` (${detail})` : "";
}
