/** What is said of the lock of the app, in English. */
export const lock = {
  section: "Lock",
  switch: "Ask for a PIN before anything is shown",
  hint: "It keeps out who sits down at this computer, by what protects the passkeys of this device. It locks at every start, when the screen is locked, when the computer sleeps, and with Ctrl L. Other programs of yours are not kept out.",
  after: "Lock when the window is not used for",
  minutes: (minutes: number) => (minutes === 1 ? "1 minute" : minutes === 60 ? "1 hour" : `${minutes} minutes`),
  now: "Lock now",
  title: "Frontdesk is locked",
  body: "Your accounts stay signed in behind the lock.",
  unlock: "Unlock",
  forgotBody: "Nobody can tell you a forgotten PIN. You can only begin anew: every account is signed out here, and the passkeys and saved passwords of this device are removed.",
  forgot: "Forgot the PIN: sign out of everything",
  unlockTitle: "Unlock Frontdesk",
  onTitle: "Turn the lock on",
  offTitle: "Turn the lock off",
  askPin: "Enter your PIN.",
  choosePin: "Choose a PIN for Frontdesk.",
  choosePinNote:
    "You are asked for it whenever you unlock Frontdesk or use a passkey of this device. Keep it in mind: nobody can tell it to you, and after eight wrong tries every account is signed out here and the passkeys and saved passwords of this device are removed.",
  lostTitle: "Everybody was signed out here",
  lost: "The PIN was wrong eight times, so every account was signed out on this computer, and its passkeys, its saved passwords and the lock were removed. The accounts themselves are as they were: sign in again.",
  thenGone: "After that, every account is signed out here and the passkeys and saved passwords of this device are removed.",
};
