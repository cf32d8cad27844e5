import { errors } from "./en-errors";
import { capital } from "./sentence";

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
    emailAddress: "Email address",
    firstName: "First name",
    lastName: "Last name",
    optional: (label: string) => `${label} (optional)`,
    optionalHint: "Optional",
    password: "Password",
    publishableKey: "Publishable key",
    showPassword: "Show password",
    hidePassword: "Hide password",
    required: {
      emailAddress: "Enter your email address.",
      emailFormat: "This does not look like an email address. One looks like name@example.com.",
      password: "Enter your password.",
      newPassword: "Choose a password.",
      passwordLength: (min: number) => `Use at least ${min} characters.`,
      firstName: "Enter your first name.",
      lastName: "Enter your last name.",
      publishableKey: "Paste the publishable key of the instance.",
    },
    passwordHint: (min: number) => `At least ${min} characters.`,
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

  connect: {
    title: "Connect to an instance",
    lead: "Paste its publishable key. It begins with pk_test_ or pk_live_ and holds no secret.",
    confirmTitle: "Is this the right host?",
    confirmLead: "Frontdesk will send what you type when you sign in to this host and no other:",
    readsAs: (host: string) => `People read it as ${host}.`,
    punycode: "The name holds letters of another script, which can look like others. Compare it with care.",
    development: "Development instance",
    production: "Production instance",
    otherKey: "Use another key",
  },

  signUp: {
    title: "Create an account",
    haveAccount: "Already have an account?",
    blockedTitle: "This instance asks for more",
    blocked: (fields: string) =>
      `To create an account here you also need: ${fields}. This version of Frontdesk cannot ask for that. Create the account on the instance's own pages, then sign in here.`,
    resumedNote: "You began this sign-up earlier. Enter the code to finish it.",
    changeEmail: "Change email address",
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
    sent: (email: string) => `Enter the six digits we sent to ${email}.`,
    outboxBefore: "Codes of this instance land in the",
    outboxLink: "Outbox",
    resend: "Send a new code",
    resendIn: (seconds: number) => `Send a new code in ${seconds} s`,
    resent: (email: string) => `We sent a new code to ${email}.`,
    expiredResent: (email: string) => `This code has expired. We sent a new one to ${email}.`,
    tooManyTries: "Too many wrong codes. Send a new code and use that one.",
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
    usePassword: "Use your password",
    otherWays: "Other ways to sign in",
    expired: "That sign-in took too long and has ended. Start again.",
    startAgain: "Start again",
    blocked: {
      second_factor: {
        title: "One more step is needed",
        body: "This account asks for a second step, which this version of Frontdesk cannot show. You are not signed in.",
      },
      new_password: {
        title: "A new password is needed",
        body: "The instance asks for a new password before you can sign in, which this version of Frontdesk cannot set. You are not signed in.",
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
        body: "There were too many wrong tries. Wait a while and sign in again.",
      },
      banned: {
        title: "This account is banned",
        body: "The people who run this instance have banned the account. Ask them about it.",
      },
      unknown: {
        title: "This sign-in cannot go on",
        body: "The instance asks for a step that this version of Frontdesk does not know. You are not signed in.",
      },
    },
  },

  account: {
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
    themes: { system: "Follow the system", light: "Light", dark: "Dark" },
    language: "Language",
    /** Each language by its own name, so that who cannot read this one finds theirs. */
    languages: { system: "System language", en: "English", de: "Deutsch" },
    keychain: "Keychain",
    instances: "Instances",
    instancesLead: "Places where you have accounts.",
    removeInstance: (name: string) => `Remove ${name}`,
    remove: "Remove",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeBody:
      "You are signed out of every account at this instance on this computer. The accounts themselves stay.",
    diagnostics: "Diagnostics",
    diagnosticsLead: "Facts for whoever helps you. Secrets are masked.",
    copyDiagnostics: "Copy diagnostics",
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

  instance: {
    /** The instance that the app carries, inside a sentence. */
    local: "the instance on this computer",
    /** The same as a name. */
    localName: "This computer",
    loading: (name: string) => `Waiting for ${name}.`,
    degraded: (name: string) => `${capital(name)} cannot be reached`,
    asOf: (time: string) => `You see what was known at ${time}.`,
    unsent: "What you type here cannot be sent until it answers again.",
    asOfUnknown: "You see what was known last.",
    errorTitle: (name: string) => `${capital(name)} cannot be opened`,
    errorBody: "It did not answer as it should. Try again.",
  },

  errors,
};
