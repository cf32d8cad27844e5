import { errors } from "./en-errors";
import { gesture } from "./en-gesture";
import { lock } from "./en-lock";
import { passkeys } from "./en-passkeys";
import { saved } from "./en-saved";
import { capital, listed } from "./sentence";

/** What people are known by where they sign in. */
export interface Kinds {
  email: boolean;
  phone: boolean;
  username: boolean;
}

/** What a password has to have besides its length. */
export interface PasswordNeeds {
  lowercase: boolean;
  uppercase: boolean;
  number: boolean;
  special: boolean;
}

export const NO_NEEDS: PasswordNeeds = { lowercase: false, uppercase: false, number: false, special: false };

function identifiers({ email, phone, username }: Kinds): string {
  const names = [email && "email address", phone && "phone number", username && "user name"];
  return listed(names.filter((name) => name !== false), "or");
}

/**
 * Every word the window says, in English.
 *
 * A second language is a second object of the same shape. Texts with a part that changes are functions, so that each
 * language can put the part where it belongs. Terms: account, instance, code, device; never two words for one thing.
 */
export const en = {
  app: { name: "Frontdesk" },

  actions: {
    addAccount: "Add an account",
    back: "Back",
    cancel: "Cancel",
    close: "Close",
    connect: "Connect",
    continue: "Continue",
    copied: "Copied",
    copy: "Copy",
    createAccount: "Create an account",
    details: "Details",
    edit: "Edit",
    retry: "Try again",
    save: "Save",
    signIn: "Sign in",
    signOut: "Sign out",
    verify: "Verify",
  },

  fields: {
    code: "Verification code",
    backupCode: "Backup code",
    country: "Country",
    emailAddress: "Email address",
    /** What names an account where it signs in. */
    identifier: (kinds: Kinds) => capital(identifiers(kinds)),
    identifierHint: (calling: string) => `A phone number that begins without + is taken for one of ${calling}.`,
    phoneNumber: "Phone number",
    username: "User name",
    firstName: "First name",
    lastName: "Last name",
    optional: (label: string) => `${label} (optional)`,
    optionalHint: "Optional",
    password: "Password",
    newPassword: "New password",
    currentPassword: "Current password",
    signOutOthers: "Sign out of all other devices",
    keyOrAddress: "Publishable key or address",
    instanceName: "Your name for it",
    showPassword: "Show password",
    hidePassword: "Hide password",
    required: {
      backupCode: "Enter one of your backup codes.",
      emailAddress: "Enter your email address.",
      identifier: (kinds: Kinds) => `Enter your ${identifiers(kinds)}.`,
      phoneNumber: "Enter your phone number.",
      phoneFormat: "This does not look like a phone number of that country. Check the country and the digits.",
      username: "Choose a user name.",
      usernameLength: (min: number, max: number) => `A user name has ${min} to ${max} characters.`,
      emailFormat: "This does not look like an email address. One looks like name@example.com.",
      password: "Enter your password.",
      newPassword: "Choose a password.",
      passwordLength: (min: number) => `Use at least ${min} characters.`,
      firstName: "Enter your first name.",
      lastName: "Enter your last name.",
      keyOrAddress: "Paste the publishable key of the instance, or type its address.",
    },
    passwordHint: (min: number, needs: PasswordNeeds) => {
      const parts = [
        needs.lowercase && "a lower-case letter",
        needs.uppercase && "an upper-case letter",
        needs.number && "a number",
        needs.special && "a special character",
      ].filter((part) => part !== false);
      return parts.length > 0 ? `At least ${min} characters, with ${listed(parts, "and")}.` : `At least ${min} characters.`;
    },
    usernameHint: (min: number) => `At least ${min} Latin letters, digits, - or _.`,
  },

  strength: {
    label: "Password strength",
    levels: ["Very weak", "Weak", "Fair", "Good", "Strong"],
  },

  waiting: {
    for: (name: string) => `Waiting for ${name}.`,
    working: "Working",
  },

  rail: {
    label: "Accounts",
    account: (name: string, instance: string) => `${name}, ${instance}`,
    needsSignIn: "needs to sign in again",
    offline: "cannot be reached",
    find: "Find an account",
    findShort: "Find",
    findLabel: "Name, address or instance",
    findHint: "Find an account",
    findNothing: "No account matches.",
    findCount: (count: number) => (count === 1 ? "1 account" : `${count} accounts`),
    // There is little room: a long word says by soft hyphens where it may be broken.
    outbox: "Outbox",
    settings: "Settings",
  },

  welcome: {
    title: "Welcome to Frontdesk",
    lead: "One place that keeps your accounts signed in. Nothing leaves this computer unless you connect it.",
    addTitle: "Add an account",
    addLead: "Choose where, then create an account or sign in.",
    where: "Instance",
    localHint: "Carried by this app. Works without a network.",
    connect: "Connect to an instance",
    byInvitation: "This instance takes new people by invitation only.",
    waitlist: "This instance has a waiting list for new people.",
    resume: (email: string) => `Your sign-up for ${email} is waiting for its code.`,
    resumeAction: "Enter the code",
  },

  choose: {
    title: "Choose an account",
    lead: "Nobody is shown now. Go on as one of those who are signed in here.",
  },

  connect: {
    title: "Connect to an instance",
    lead: "Paste its publishable key, which begins with pk_test_ or pk_live_ and holds no secret. Of a Frontdesk server the address will do, such as auth.example.com; of a Clerk instance only the key.",
    confirmTitle: "Is this the right host?",
    confirmLead: "Frontdesk will send what you type when you sign in to this host and no other:",
    isOfKey: "The publishable key names this host.",
    elsewhere: (asked: string) => `${asked} names another host`,
    elsewhereBody:
      "You typed one address, and the server there says that accounts are kept at the host above. Go on only if you know both.",
    readsAs: (host: string) => `People read it as ${host}.`,
    punycode: "The name holds letters of another script, which can look like others. Compare it with care.",
    development: "Development instance",
    production: "Production instance",
    otherKey: "Use another key or address",
  },

  signUp: {
    title: "Create an account",
    haveAccount: "Already have an account?",
    blockedTitle: "This instance asks for more",
    blocked: (fields: string) =>
      `To create an account here you also need: ${fields}. This version of Frontdesk cannot ask for that. Create the account on the instance's own pages, then sign in here.`,
    closed: {
      restricted: {
        title: "By invitation only",
        body: (name: string) =>
          `${capital(name)} takes new people by invitation only. Ask those who run it to invite you, then paste the link of their message here.`,
      },
      waitlist: {
        title: "There is a waiting list",
        body: (name: string) =>
          `${capital(name)} lets new people in one after the other. Join the list, and those who run it will write to you once you can create an account.`,
        join: "Join the waiting list",
        joinedTitle: "You are on the list",
        joined: (email: string) =>
          `A message is on its way to ${email}. Another one will follow once you are invited; you can close this window.`,
      },
    },
    invitation: {
      have: "I have an invitation",
      title: "Your invitation",
      label: "Link or code of the invitation",
      hint: "Copy the link from the message, or the code that its page shows.",
      accept: "Accept the invitation",
      missing: "Paste your invitation.",
      wrong: "There is no invitation in this. Copy the link as a whole.",
    },
    invitedLead: (email: string) => `Your invitation is for ${email}. This instance asks for a little more.`,
    resumedNote: "You began this sign-up earlier. Enter the code to finish it.",
    changeEmail: "Change email address",
    changePhone: "Change phone number",
    missingTitle: "One thing more",
    missingLead: (provider: string) => `${provider} has said who you are. This instance asks for a little more.`,
    finishing: "Opening your account",
    fieldNames: {
      email_address: "email address",
      phone_number: "phone number",
      username: "user name",
      password: "password",
      first_name: "first name",
      last_name: "last name",
      web3_wallet: "wallet",
      legal_accepted: "consent to the terms",
    },
  },

  verify: {
    title: "Check your email",
    phoneTitle: "Check your phone",
    sent: (email: string) => `Enter the six digits we sent to ${email}.`,
    unsent: "No code was sent",
    outboxBefore: "Codes of this instance land in the",
    outboxLink: "Outbox",
    resend: "Send a new code",
    resendIn: (seconds: number) => `Send a new code in ${seconds} s`,
    resent: (email: string) => `We sent a new code to ${email}.`,
    expiredResent: (email: string) => `This code has expired. We sent a new one to ${email}.`,
    tooManyTries: "Too many wrong codes. Send a new code and use that one.",
    countryOff:
      "No texts go to numbers of this country at this instance, so no code was sent. Use another way, or ask those who run it.",
    incomplete: "Enter all six digits.",
  },

  signIn: {
    title: "Sign in",
    noAccount: "No account yet?",
    unknown: (email: string) => `There is no account for ${email} at this instance.`,
    passwordTitle: "Enter your password",
    as: "Signing in as",
    change: "Change account",
    changeShort: "Change",
    useCode: (address: string) => `Email a code to ${address}`,
    usePhone: (number: string) => `Text a code to ${number}`,
    usePassword: "Use your password",
    otherWays: "Other ways to sign in",
    forgot: "Forgot your password?",
    resetTitle: "Reset your password",
    newPasswordTitle: "Choose a new password",
    newPasswordLead: "It takes the place of the old one, and you are signed in with it.",
    setPassword: "Set password and sign in",
    expired: "That sign-in took too long and has ended. Start again.",
    startAgain: "Start again",
    lockedUntil: (time: string) => `You can try again from ${time} on.`,
    askSupport: (address: string) => `You reach those who run it at ${address}.`,
    blocked: {
      second_factor: {
        title: "One more step is needed",
        body: "This account asks for a second step, which this version of Frontdesk cannot show. You are not signed in.",
      },
      client_trust: {
        title: "This device is new",
        body: "The instance asks for one more proof on a new device, in a way that this version of Frontdesk cannot show. You are not signed in.",
      },
      no_method: {
        title: "No way to sign in here",
        body: "This account signs in in a way that this version of Frontdesk does not have. You are not signed in.",
      },
      locked: {
        title: "This account is locked for now",
        body: "There were too many wrong tries, so no way in is open for a while.",
      },
      banned: {
        title: "This account is banned",
        body: "The people who run this instance have banned the account. Ask them about it.",
      },
      deactivated: {
        title: "This account is turned off",
        body: "The people who run this instance have turned the account off. Ask them to turn it on again.",
      },
      unknown: {
        title: "This sign-in cannot go on",
        body: "The instance asks for a step that this version of Frontdesk does not know. You are not signed in.",
      },
    },
  },

  secondFactor: {
    title: "Two-step verification",
    authenticatorLead: "Enter the six digits that your authenticator app shows for this account now.",
    newDevice: "This device is new to the instance, so it asks for one more proof.",
    wrongCode:
      "This code is not right, or was used already. Wait until the app shows the next one; if that is refused too, set the clock of the device with the app right.",
    backupTitle: "Use a backup code",
    backupLead: "Enter one of the codes that you kept when you turned two-step verification on. Each is good once.",
    backupHint: "Spaces and dashes do not matter.",
    wrongBackup: "This backup code is not right, or was used already. Try another one.",
    otherWay: "Use another way",
    chooseTitle: "Choose another way",
    ways: "Ways to go on",
    useAuthenticator: "Use your authenticator app",
    useBackup: "Use a backup code",
    lost: "Do you not have it at hand?",
    lostTitle: "Do you have none of these any more?",
    lostBody: (name: string, local: boolean) =>
      local
        ? "Backup codes are made for that. Without one nobody can let you in to this account on this computer, since nobody else runs its instance; you can still create another account."
        : `Ask those who run ${name}: they can turn two-step verification off for your account once they know that it is you.`,
  },

  reverify: {
    title: "Confirm that it is you",
    why: "This changes how your account is protected, so the instance asks who you are once more.",
    password: "Enter the password of this account.",
    beginning: "Asking the instance what it needs.",
    impossible:
      "The instance asks for a proof that this version of Frontdesk does not have, so nothing was done. Use the instance's own pages for it.",
  },

  gesture,
  lock,
  passkeys,
  saved,

  twoStep: {
    title: "Two-step verification",
    lead: "A second proof besides the first one whenever you sign in.",
    off: "It is off. Whoever has your password, or can read your messages, can sign in.",
    badge: "Second step",
    default: "Offered first",
    makeDefault: "Offer first",
    makeDefaultOf: (name: string) => `Offer first: ${name}`,
    isDefault: (name: string) => `${name} is offered first now.`,
    authenticator: "Authenticator app",
    addAuthenticator: "Add an authenticator app",
    removeAuthenticator: "Remove the authenticator app",
    removeAuthenticatorTitle: "Remove the authenticator app?",
    remove: "Remove",
    removeOne: "It is no longer asked for when you sign in. The others stay.",
    removeLast: "It is the last second step: signing in takes the first proof alone from then on, and backup codes are void.",
    authenticatorOn: "The authenticator app is set up.",
    authenticatorOff: "The authenticator app was removed.",
    textTo: (number: string) => `Text to ${number}`,
    usePhone: (number: string) => `Use ${number}`,
    addPhoneFirst: "To get codes by text, add a phone number first.",
    phoneOn: (number: string) => `Codes to ${number} are a second step now.`,
    phoneOff: (number: string) => `Codes to ${number} are no second step any more.`,
    removePhoneOf: (number: string) => `Remove ${number} as a second step`,
    removePhoneTitle: (number: string) => `Send no codes to ${number} any more?`,
    backup: "Backup codes",
    backupThere: "You have backup codes for the day without your phone.",
    backupNone: "You have none. Without your phone you could not sign in.",
    makeCodes: "Make backup codes",
    newCodes: "Make new codes",
    newCodesTitle: "Make new backup codes?",
    newCodesBody: "The codes that you have kept so far are void from then on.",
    codesMade: "New backup codes were made.",
    setUpTitle: "Add an authenticator app",
    setUpLead: "Scan the picture with the app, such as the one on your phone.",
    picture: "Picture of the key, to be scanned by an authenticator app",
    byHand: "Or type this key into the app:",
    copyKey: "Copy key",
    thenCode: "Then enter the six digits that the app shows.",
    codesTitle: "Keep your backup codes",
    codesLead: "Each lets you in once when your phone is not at hand. They are shown now and never again.",
    codesFile: (address: string, instance: string) => `Backup codes of ${address} at ${instance}. Each is good once.`,
    copyCodes: "Copy codes",
    saveCodes: "Save to a file",
    codesSaved: "The codes were saved. Keep the file where only you find it.",
    codesKept: "I have kept them",
  },

  browser: {
    continueWith: (provider: string) => `Continue with ${provider}`,
    or: "or",
    lastUsed: "Last used",
    title: "Go on in your browser",
    lead: (provider: string, host: string) =>
      `${provider} is open at ${host} in your browser. Agree there, and Frontdesk comes back by itself.`,
    waitingUntil: (time: string) => `Waiting for the browser until ${time}.`,
    askTitle: (host: string) => `Open ${host}?`,
    askLead: (name: string, host: string) =>
      `${capital(name)} sends you to ${host}. That is neither its own host nor a provider that Frontdesk knows. Open it only if you expect to sign in there. You are asked once.`,
    askGo: "Open in the browser",
    unopened: "The browser did not open",
    unopenedBody: (detail: string) =>
      `Nothing could be opened (${detail}). Try again, or copy the link and open it in a browser yourself.`,
    returning: "Finishing",
    returningBody: (name: string) => `The browser is done. Waiting for ${name}.`,
    returningLater: "This is tried again by itself.",
    openAgain: "Open again",
    copyLink: "Copy link",
    linkCopied: "Copied. The link leaves the clipboard after a minute.",
    paste: "Paste address",
    pasteLabel: "Address at the end",
    pasteHint: "If the browser does not come back by itself, copy the whole address that it shows at the end.",
    pasteGo: "Go on",
    pasteMissing: "Paste the address that the browser shows at the end.",
    ownerTitle: (name: string) => `${capital(name)} does not let this app in yet`,
    ownerRedirect:
      "Those who run it have to add this address to the redirect addresses that they allow for native applications:",
    ownerNative: "Those who run it have to turn on the Native API in its settings for native applications. You can send them this:",
    ownerNativeText: (host: string) =>
      `Please turn on the Native API for ${host} (settings, native applications), so that desktop apps can sign in.`,
    ownerAnyPort: "Any port has to be allowed after 127.0.0.1.",
  },

  account: {
    connections: "Connected accounts",
    connectionsLead: "Accounts at other places that belong to this one.",
    connectionsNone: "None is connected.",
    connect: (provider: string) => `Connect ${provider}`,
    reconnect: "Reconnect",
    reconnectOf: (name: string) => `Reconnect ${name}`,
    scopesMissing: (provider: string) =>
      `More is asked for at ${provider} than you have agreed to. Reconnect to look at it.`,
    disconnect: "Disconnect",
    disconnectOf: (name: string) => `Disconnect ${name}`,
    unfinished: "Not finished",
    notConnected: "Not connected",
    isConnected: (provider: string) => `${provider} is connected.`,
    isDisconnected: (provider: string) => `${provider} was disconnected.`,
    loading: "Loading your account",
    sections: "Sections",
    profile: "Profile",
    session: "Session",
    devices: "Devices",
    name: "Name",
    noName: "Not set",
    editName: "Edit name",
    email: "Email address",
    verified: "Verified",
    unverified: "Not verified",
    primary: "Primary",
    userId: "User ID",
    since: "Member since",
    instance: "Instance",
    host: "Host",
    signedIn: "Signed in",
    lastActive: "Last active",
    expires: "Signed in until",
    sessionId: "Session ID",
    tokenTitle: "Session token",
    tokenBody:
      "Proves to a server that you are signed in. It is good for about a minute. Give it only to tools you trust.",
    copyToken: "Copy session token",
    tokenCopied: (time: string) => `Copied. The token is good until ${time}.`,
    saved: "Saved.",
    signOutTitle: "Sign out",
    signOutBody: "Removes this account from this computer. The account itself stays.",
    thisDevice: "This device",
    unknownDevice: "Unknown device",
    devicesEmpty: "Only this device.",
    devicesLead: "Where this account is signed in now.",
    pendingTitle: "This account is not ready yet",
    pendingBody: "The instance asks for one more step before the account can be used.",
    gone: "The instance did not say whose account this is. Sign out here, then sign in again.",
    endedTitle: "Sign in again",
    endedBody: "The session of this account has ended. The account itself is still there.",
    unreadTitle: "This account cannot be read",
    unreadBody:
      "What keeps this account signed in cannot be read at the moment. If that can be mended, you need not sign in again.",
    /** Why, by the status of the session. */
    endedWhy: {
      expired:
        "The time that a sign-in lasts here is over, or it was not used for too long. The account itself is still there.",
      abandoned: "The account was not used for as long as its instance waits. The account itself is still there.",
      revoked:
        "The session was ended by those who run the instance, or from another device. The account itself is still there, unless it was deleted or banned.",
      replaced: "Another sign-in took the place of this one. The account itself is still there.",
      ended: "The session was ended somewhere else. The account itself is still there.",
      vanished:
        "The instance does not know this session any more. The account was deleted or signed out elsewhere, or the instance has lost what it knew of it.",
      lost: "What kept you signed in is gone from this computer. The account itself is still there.",
    } as Record<string, string | undefined>,
    removeFromList: "Remove from the list",
    everywhereBody: "On this computer and on every other device.",
    everywhere: "Sign out everywhere",
    manage: "Manage account",
    personal: "Personal details",
    pictureHint: "PNG, JPEG or WebP, up to 10 MB.",
    choosePicture: "Choose a picture",
    changePicture: "Change picture",
    removePicture: "Remove picture",
    pictureSaved: "The picture was changed.",
    pictureRemoved: "The picture was removed.",
    pictureKind: "This file is no picture in PNG, JPEG or WebP. Choose another one.",
    pictureDamaged: "This picture is damaged and cannot be read. Choose another one.",
    emails: "Email addresses",
    emailsLead: "Where codes and notices of this account go.",
    addEmail: "Add an address",
    sendCode: "Send code",
    enterCode: "Enter the code",
    verifyEmail: (address: string) => `Verify ${address}`,
    makePrimary: "Make primary",
    removeEmail: "Remove",
    removeEmailOf: (address: string) => `Remove ${address}`,
    removeEmailTitle: (address: string) => `Remove ${address}?`,
    removeEmailBody: "It no longer signs you in to this account, and nothing is sent to it any more.",
    emailAdded: (address: string) => `${address} is yours now.`,
    emailRemoved: (address: string) => `${address} was removed.`,
    emailPrimary: (address: string) => `${address} is the primary address now.`,
    phones: "Phone numbers",
    phonesLead: "Where codes of this account go by text.",
    phonesNone: "There is none.",
    addPhone: "Add a number",
    primaryNumber: "Primary",
    makePrimaryNumber: "Make primary",
    phonePrimary: (number: string) => `${number} is the primary number now.`,
    removePhoneBody: "It no longer signs you in to this account, nor is it a second step, and nothing is sent to it any more.",
    username: "User name",
    password: "Password",
    passwordSet: "A password is set.",
    passwordNone: "There is no password. You sign in with a code sent by email.",
    setPassword: "Set a password",
    changePassword: "Change password",
    removePassword: "Remove password",
    removePasswordBody: "You then sign in with a code sent by email. Enter the password to remove it.",
    passwordSaved: "The password was changed.",
    passwordRemoved: "The password was removed.",
    signOutDevice: "Sign out",
    signOutDeviceOf: (device: string) => `Sign out ${device}`,
    signOutOthers: "Sign out all other devices",
    deviceSignedOut: (device: string) => `${device} was signed out.`,
    othersSignedOut: "All other devices were signed out.",
    deleteTitle: "Delete account",
    deleteButton: "Delete this account",
    deleteBody: "Everything this instance knows of you is deleted, for good. Nobody can bring it back.",
    deleteConfirm: (address: string) => `To confirm, type ${address}`,
    deleteConsequence:
      "You are signed out on every device, and the account is gone. The same address can make a new one.",
    deleteMismatch: "This is not the address of the account. Type it exactly, to be sure.",
    deleteAction: "Delete for good",
  },

  outbox: {
    title: "Outbox",
    lead: "Messages that the instance on this computer would have sent. They never leave it.",
    empty: "Nothing here yet",
    emptyBody: "When you create an account or ask for a code, the message appears here by itself.",
    none: "Only the instance on this computer keeps its messages here.",
    copyCode: "Copy code",
    code: "Code",
    to: (address: string) => `To ${address}`,
    newest: (subject: string, address: string) => `Newest message: ${subject}, to ${address}.`,
    message: "Message",
  },

  settings: {
    title: "Settings",
    appearance: "Appearance",
    theme: "Theme",
    themes: { system: "Follow the system", light: "Light", dark: "Dark", contrast: "High contrast" },
    language: "Language",
    /** Each language by its own name, so that who cannot read this one finds theirs. */
    languages: { system: "System language", en: "English", de: "Deutsch" },
    background: "In the background",
    switches: {
      start_at_login: "Start at login",
      keep_running: "Go on in the tray when the window is closed",
      notices: "Tell me when an account is signed out while I do not see the window",
      programs: "Let programs ask for session tokens",
      tools: "Let tools use the instance inside Frontdesk",
      by_port: "Let the browser come back by a port of this computer",
    },
    browser: "Browser",
    browserHint:
      "Usually it comes back by a link of this app. Turn this on if such links open something else, or nothing. Those who run an instance may have to allow it.",
    keepRunningHint: "On a desktop without a tray, closing the window quits Frontdesk.",
    programs: "Programs on this computer",
    programsHint:
      "A program that runs under your name gets a token by “frontdesk token --account …”. It can act as that account for about a minute; it never gets what keeps you signed in.",
    tools: "Tools on this computer",
    toolsHint:
      "For developing an application: its SDKs, or curl, then reach the instance on this computer, and with its secret key all of its accounts. Otherwise only the browser does, for a sign-in that you began.",
    toolsAt: (address: string) => `They reach it at ${address}.`,
    copyToolLines: "Copy lines for .env",
    copyToolLinesHint: "The secret key is among them. They leave the clipboard after a minute.",
    afterSignOut: "After signing out",
    afterSignOutPlaces: {
      choose: "Let me choose an account",
      next: "Show the account I used last",
      welcome: "Show where an account is added",
    },
    signOutAllTitle: "Sign out",
    signOutAllBody: "Signs every account of every instance out on this computer.",
    signOutAll: "Sign out of every account",
    keychain: "Keychain",
    instances: "Instances",
    instancesLead: "Places where you have accounts.",
    removeInstance: (name: string) => `Remove ${name}`,
    remove: "Remove",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeNobody: "Nobody is signed in there on this computer, so no account is lost.",
    renameInstance: (name: string) => `Rename ${name}`,
    rename: "Rename",
    renameTitle: (name: string) => `Rename ${name}`,
    renameHint: "Only you see this name. Leave it empty to use the usual one.",
    moveUp: (name: string) => `Move ${name} up`,
    moveDown: (name: string) => `Move ${name} down`,
    movedTo: (name: string, place: number, of: number) => `${name} is now number ${place} of ${of}.`,
    diagnostics: "Diagnostics",
    diagnosticsLead: "Facts for whoever helps you. Secrets are masked.",
    copyDiagnostics: "Copy diagnostics",
  },

  network: {
    title: "Network",
    lead: "How Frontdesk gets to instances elsewhere. The one on this computer is never asked through a proxy.",
    proxy: "Proxy",
    choices: {
      system: "As the system says",
      direct: "No proxy",
      manual: "A proxy of your own",
    },
    noProxy: "No proxy is in use.",
    uses: (address: string) => `In use: ${address}`,
    sources: {
      manual: "You set it here.",
      environment: (variable: string) => `The variable ${variable} names it.`,
      desktop: "The settings of your desktop name it.",
    },
    exceptFor: (hosts: string) => `Reached without it: ${hosts}`,
    scriptTitle: "A PAC file is configured",
    scriptAt: (address: string) => `Your desktop names a PAC file to choose the proxy: ${address}.`,
    scriptAnywhere: "Your desktop has the network itself name a PAC file to choose the proxy.",
    scriptAdvice:
      "Frontdesk does not run such files, since they are programs. Ask whoever runs the network for the proxy's host and port, and set them here as a proxy of your own.",
    kind: "What the proxy speaks",
    kinds: { http: "HTTP", socks5: "SOCKS 5" },
    host: "Host",
    port: "Port",
    exceptions: "Reached without it",
    exceptionsHint: "Hosts with commas between them, such as .example.com. May be empty.",
    user: "Your name at the proxy",
    userHint: "Leave it empty where the proxy asks for none.",
    password: "Password at the proxy",
    passwordHint: "It is kept in your keychain and goes to this proxy alone.",
    passwordKept: "One is kept. Leave this empty to keep it.",
    saveProxy: "Use this proxy",
    saved: "The proxy was changed.",
    hostMissing: "Enter the host of the proxy, such as proxy.example.com.",
    portWrong: "Enter a number from 1 to 65535.",
    authorities: "Authorities of your own",
    authoritiesLead:
      "Trusted besides those that your system trusts, for servers whose certificates your organization issues itself.",
    noAuthorities: "There are none.",
    until: (day: string) => `Counts until ${day}`,
    over: (day: string) => `Expired on ${day}`,
    fingerprint: (hex: string) => `SHA-256 ${hex}`,
    addAuthorities: "Add a CA file",
    removeAuthority: (name: string) => `Trust ${name} no longer`,
    remove: "Remove",
    changed: "The authorities were changed.",
    reach: "Try it",
    reachInstance: (name: string) => `Reach ${name}`,
    reached: (name: string) => `${name} was reached.`,
    nobody: "Once you are connected to an instance elsewhere, you can try here whether it is reached.",
  },

  vault: {
    fallbackStore: "the keychain",
    /** What the system itself says, in its own language. */
    said: (detail: string) => `It says: “${detail}”`,
    onlyUntilQuit: "Until then you stay signed in only until you quit.",
    checking: { title: "Checking your keychain", body: "" },
    ready: (store: string) => ({
      title: "Your keychain works",
      body: `What keeps you signed in is kept in ${store}.`,
    }),
    waiting: (store: string) => ({
      title: "Waiting for your keychain",
      body: `${capital(store)} has not answered yet. If a window asks you to unlock it, answer there.`,
    }),
    locked: (store: string) => ({
      title: "Your keychain is locked",
      body: `Frontdesk keeps what signs you in inside ${store}. Unlock it, then try again.`,
    }),
    denied: (store: string) => ({
      title: "Your keychain is refused to Frontdesk",
      body: `You, or a rule of this computer, did not let Frontdesk use ${store}. Allow it there, then try again.`,
    }),
    no_collection: (store: string) => ({
      title: "Your keychain has not been set up",
      body: `${capital(store)} runs, but has no keychain to keep things in. Make one with the system's password manager, then try again. Until then you stay signed in until you quit.`,
    }),
    broken: (store: string) => ({
      title: "Your keychain is damaged",
      body: `${capital(store)} cannot be read. It was left as it is: restore it from a backup, then try again.`,
    }),
    absent: () => ({
      title: "This computer has no keychain",
      body: "There is no safe place to keep what signs you in. You can use Frontdesk, and you stay signed in until you quit.",
    }),
    full: (store: string) => ({
      title: "Your keychain is full",
      body: `${capital(store)} takes no more entries. Delete some that you no longer need, then try again.`,
    }),
    failed: (store: string) => ({
      title: "Your keychain did not work",
      body: `${capital(store)} answered with an error. Try again.`,
    }),
  },

  passphrase: {
    label: "Passphrase",
    required: "Enter the passphrase.",
    unlockTitle: "Unlock Frontdesk",
    unlockLead: "What keeps you signed in lies behind your passphrase.",
    unlock: "Unlock",
    forgotten:
      "A forgotten passphrase cannot be recovered. To begin anew, quit Frontdesk and move the files vault.sealed and vault.json out of its data folder; then sign in again.",
    chooseTitle: "Choose a passphrase",
    changeTitle: "Change the passphrase",
    chooseLead:
      "What keeps you signed in is sealed in a file of Frontdesk's own. You type the passphrase whenever Frontdesk starts.",
    noRecoveryTitle: "Nobody can recover it",
    noRecovery: "Who forgets the passphrase has to sign in to every account again, and loses what is on this computer's own instance.",
    current: "Passphrase so far",
    next: "New passphrase",
    again: "New passphrase, once more",
    hint: (least: number) => `At least ${least} characters. A few words in a row are easy to remember.`,
    tooShort: (least: number) => `A passphrase needs at least ${least} characters.`,
    different: "These two are not the same.",
    choose: "Use a passphrase",
    change: "Change passphrase",
    lock: "Lock now",
    moveBack: "Move to the keychain",
    offer: "You can keep this behind a passphrase instead, in a file of Frontdesk's own.",
    offerButton: "Stay signed in with a passphrase",
    states: {
      checking: { title: "Checking your vault", body: "" },
      waiting: { title: "Waiting for your vault", body: "It has not answered yet." },
      ready: {
        title: "Your passphrase vault works",
        body: "What keeps you signed in lies in a sealed file that only your passphrase opens.",
      },
      locked: { title: "Your vault is locked", body: "Enter your passphrase to open it." },
      denied: {
        title: "Your vault cannot be opened",
        body: "Frontdesk may not read or write its file. Make it yours again, then try again.",
      },
      absent: {
        title: "Your vault is gone",
        body: "Its file is not there. Put it back and try again, or move to the keychain and sign in again.",
      },
      no_collection: { title: "Your vault is gone", body: "Its file is not there." },
      full: { title: "The disk is full", body: "Your vault could not be written. Make room, then try again." },
      broken: {
        title: "Your vault is damaged",
        body: "It was left as it is. Restore its file from a backup, then try again.",
      },
      failed: { title: "Your vault did not work", body: "Its file could not be read or written. Try again." },
    },
  },

  instance: {
    /** The instance that the app carries, inside a sentence. */
    local: "the instance on this computer",
    /** The same as a name. */
    localName: "This computer",
    loading: (name: string) => `Waiting for ${name}.`,
    degraded: (name: string) => `${capital(name)} cannot be reached`,
    asOf: (time: string) => `You see what was known at ${time}.`,
    unsent: "What you type here cannot be sent until it answers again.",
    clockTitle: "The clocks differ",
    clockBehind: (name: string, minutes: number) =>
      `The clock of this computer is ${minutes} min behind that of ${name}, so times shown here may be off. Set the clock of this computer right.`,
    clockAhead: (name: string, minutes: number) =>
      `The clock of this computer is ${minutes} min ahead of that of ${name}, so times shown here may be off. Set the clock of this computer right.`,
    asOfUnknown: "You see what was known last.",
    errorTitle: (name: string) => `${capital(name)} cannot be opened`,
    errorBody: "It did not answer as it should. Try again.",
  },

  errors,
};
