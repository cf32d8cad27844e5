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
    `${capital(name)} showed a certificate that this computer does not trust, so nothing was sent. If your organization has its own authority, add it to the system's certificates. If this network wants you to sign in first, do that in your browser.${because(detail)}`,
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
  local_unavailable: () =>
    "The instance inside the app does not run on this system yet. Connect to an instance elsewhere.",
  local_instance: ({ detail }) => `The instance inside the app did not start.${because(detail)}`,
  database_newer: () =>
    "The data of the instance inside the app was written by a newer version of Frontdesk. Install that version; nothing was changed.",
  already_served: ({ detail }) =>
    `Another program uses the data of the instance inside the app. Stop it, then try again.${because(detail)}`,
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

  window_foreign: () => "Only the main window of Frontdesk may do this.",
  request_unknown: () =>
    "Frontdesk does not know this request, so nothing was done. Quit Frontdesk and start it again.",
  input_too_long: () => "What you typed is too long. Shorten it and try again.",
  input_control: () =>
    "What you typed has control characters, such as a line break. Remove them and try again.",
  not_confirmed: () => "This was not confirmed, so nothing was done.",
  preferences_unwritable: ({ detail }) =>
    `The settings could not be saved, so the ones before stay. Make room on the disk or make the file writable, then try again.${because(detail)}`,
  start_at_login_failed: ({ detail }) =>
    `What the system starts at login could not be changed. Change it in the system’s own settings.${because(detail)}`,
  clipboard_failed: () =>
    "The text could not be copied: the system's clipboard did not answer. Try again, or select the text and copy it by hand.",
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

/** What is said when something did not work, in English. */
export const errors = {
  details: { code: "Code", traceId: "Trace ID" },
  copyDetails: "Copy details",
  reasons,
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
    last_required_identification_deletion_failed: "This is the last address that signs you in, so it stays. Add another one first.",
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
    account_lockout_warning: "This is not right either. A few more wrong tries lock the account for a while.",
    not_allowed_access: "This email address may not be used at this instance. Ask the people who run it.",
    sign_up_mode_restricted: "This instance takes new people by invitation only.",
    sign_up_restricted_waitlist: "This instance has a waiting list for new people.",
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
