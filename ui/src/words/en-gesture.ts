import type { SystemGesture } from "../bridge/SystemGesture";

const names: Record<SystemGesture, string> = { touch_id: "Touch ID", windows_hello: "Windows Hello" };

const ask: Record<SystemGesture, string> = {
  touch_id: "Confirm with Touch ID, or with the password of this Mac.",
  windows_hello: "Windows Hello asks you in a window of its own.",
};

/** What is said where the system recognises the person, in place of what is said of a PIN. In English. */
export const gesture = {
  ask,
  placeHint: (by: SystemGesture) => `Kept on this computer, behind ${names[by]}.`,
  protects: (by: SystemGesture) => `${names[by]} protects them.`,
  forgotBody: (by: SystemGesture) =>
    `If ${names[by]} does not recognise you any more, you can only begin anew: the passkeys and saved passwords of this device are removed. Accounts still list the passkeys until you delete them there.`,
  forgot: "Remove all passkeys and passwords",
  forgotten: "The passkeys and passwords of this device were removed.",
  lockSwitch: (by: SystemGesture) => `Ask for ${names[by]} before anything is shown`,
  lockForgotBody: (by: SystemGesture) =>
    `If ${names[by]} does not recognise you any more, you can only begin anew: every account is signed out here, and the passkeys and saved passwords of this device are removed.`,
  lockForgot: "Sign out of everything",
  saveHint: (by: SystemGesture) => `${names[by]} opens it the next time.`,
  replaces: (by: SystemGesture, identifier: string) =>
    `${names[by]} opens it the next time. It takes the place of the one of ${identifier}.`,
  isSaved: (by: SystemGesture) => `It is saved on this device, behind ${names[by]}.`,
};
