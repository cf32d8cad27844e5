import type { AuthenticatorKind } from "../bridge/AuthenticatorKind";
import type { AuthenticatorUnready } from "../bridge/AuthenticatorUnready";
import type { PasskeyObstacle } from "../bridge/PasskeyObstacle";
import type { PinProblem } from "../bridge/PinProblem";

const kinds: Record<AuthenticatorKind, { name: string; hint: string }> = {
  this_device: { name: "This device", hint: "Kept on this computer, behind a PIN." },
  security_key: { name: "Security key", hint: "A key that you plug in and touch." },
  windows: { name: "Windows Hello", hint: "Windows asks you in a window of its own." },
  phone: { name: "Phone", hint: "A phone that scans a code. Experimental." },
};

const unready: Record<AuthenticatorUnready["type"], (detail: string) => string> = {
  no_keychain: (detail) =>
    `This computer has no keychain that could keep a passkey. Start one, or use the vault behind a passphrase in Settings.${because(detail)}`,
  locked: (detail) => `The keychain is locked. Unlock it to use a passkey of this device.${because(detail)}`,
  no_answer: () => "It did not answer in time. You can try it all the same.",
  failed: (detail) => `It cannot be used now.${because(detail)}`,
  no_bluetooth: (detail) => `Phones are heard by Bluetooth, which this computer does not have.${because(detail)}`,
  bluetooth_off: () => "Phones are heard by Bluetooth, which is turned off. Turn it on to use a phone.",
  pin_wait: () => "The PIN was wrong several times.",
};

const obstacles: Record<PasskeyObstacle, string> = {
  unknown: "The instance has not said yet whether it takes passkeys.",
  off: "This instance no longer takes passkeys.",
  insecure: "This instance is not reached over https, so no passkey can be used here.",
  no_name: "This instance has an address and no name, so no passkey can be used here.",
  public_suffix: "Anybody may have a name beside that of this instance, so no passkey can be used here.",
};

const problems: Record<PinProblem, (shortest: number) => string> = {
  too_short: (shortest) => `A PIN has at least ${shortest} characters.`,
  too_long: () => "This is too long for a PIN. Shorten it.",
  simple: () => "A PIN like 111111 or 123456 is easy to guess. Choose another one.",
  no_text: () => "A PIN cannot have such characters. Use letters and digits.",
};

/** What is said of passkeys, in English. */
export const passkeys = {
  title: "Passkeys",
  lead: (most: number) =>
    `A passkey signs you in in place of a password, and cannot be given away by mistake. An account can have up to ${most}.`,
  none: "You have none yet.",
  unnamed: "Passkey",
  here: "On this device",
  added: (day: string) => `Added ${day}`,
  used: (day: string) => `Last used ${day}`,
  unused: "Not used yet",
  add: "Add a passkey",
  full: (most: number) => `An account can have ${most} passkeys, and this one has them all. Delete one to add another.`,
  rename: "Rename",
  renameOf: (name: string) => `Rename ${name}`,
  nameLabel: "Name of the passkey",
  nameMissing: "Enter a name by which you know the passkey.",
  delete: "Delete",
  deleteOf: (name: string) => `Delete ${name}`,
  isAdded: (name: string) => `The passkey ${name} was added.`,
  isRenamed: (name: string) => `The passkey is called ${name} now.`,
  isDeleted: (name: string) => `The passkey ${name} was deleted.`,
  obstacles,

  signIn: "Sign in with a passkey",
  use: "Use a passkey",
  stepTitle: "Sign in with your passkey",
  stepLead: "Use the passkey of this account, in place of a password.",
  confirm: "Confirm with a passkey",
  confirmLead: "Use a passkey of this account.",

  chooseTitle: "Where is the passkey?",
  chooseNewTitle: "Where shall the passkey be kept?",
  places: "Places for a passkey",
  chooseNone: "None of these can be used now.",
  kinds,
  unready,
  waitLeft: (seconds: number) => (seconds > 0 ? `You can try again in ${seconds} s.` : "You can try again now."),

  changeTitle: "Change the PIN",
  otherWay: "Try another way",
  asks: (host: string) => `For ${host}`,
  working: "One moment.",
  workingWindows: "Windows asks you in a window of its own.",
  askPin: { this_device: "Enter the PIN of the passkeys of this device.", security_key: "Enter the PIN of the security key.", windows: "Enter the PIN.", phone: "Enter the PIN." },
  pin: "PIN",
  pinHint: { this_device: "The one that you chose for Frontdesk, not the one of the computer.", security_key: "", windows: "", phone: "" },
  pinMissing: "Enter the PIN.",
  pinWrong: "This PIN is not right.",
  triesLeft: (tries: number) => (tries === 1 ? "You have one more try." : `You have ${tries} more tries.`),
  thenGone: "After that, all passkeys and saved passwords of this device are removed.",
  thenBlocked: "After that, the security key is blocked.",
  problems,
  choosePin: "Choose a PIN for the passkeys of this device.",
  choosePinKey: "Choose a PIN for the security key.",
  chooseNewPin: "Choose the new PIN.",
  choosePinNote: "You are asked for it whenever you use one of them. Keep it in mind: nobody can tell it to you, and after eight wrong tries the passkeys and saved passwords of this device are removed.",
  newPin: "New PIN",
  newPinHint: (shortest: number) => `At least ${shortest} characters.`,
  repeatPin: "New PIN once more",
  pinsDiffer: "The two are not the same. Type the PIN once more.",
  setPin: "Set PIN",
  plugIn: "Plug your security key in.",
  touchOne: "Several security keys are plugged in. Touch the one that you want to use.",
  touch: "Touch your security key.",
  scan: "Scan this code with the camera of your phone.",
  scanNote: "Bluetooth has to be on, on the phone and on this computer, and both have to be online. Scan only a code that you asked for yourself.",
  scanPicture: "Code for the camera of your phone",
  connecting: "Your phone has read the code. Connecting to it.",
  onPhone: "Continue on your phone.",
  chooseAccount: "Choose the account to sign in to.",
  accounts: "Accounts",
  showPin: "Show PIN",
  hidePin: "Hide PIN",

  deviceTitle: "Passkeys of this device",
  deviceLead: "They are kept on this computer, beside what keeps you signed in, and never leave it.",
  deviceNone: "There are none on this device.",
  deviceList: "Passkeys of this device",
  made: (day: string) => `Made ${day}`,
  pinChosen: "A PIN protects them.",
  pinNotChosen: "No PIN has been chosen yet. You choose it with the first passkey or password of this device.",
  changePin: "Change PIN",
  pinChanged: "The PIN was changed.",
  forgotBody: "Whoever forgets the PIN can only begin anew: the passkeys and saved passwords of this device are removed, and a new PIN is chosen with the next one. Accounts still list them until you delete them there.",
  forgot: "Forgot the PIN: remove all passkeys and passwords",
  forgotten: "The passkeys and passwords of this device and their PIN were removed.",
};

function because(detail: string): string {
  return detail ? ` (${detail})` : "";
}
