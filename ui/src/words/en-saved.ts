/** What is said of passwords that are saved on this device, in English. */
export const saved = {
  use: "Use your saved password",
  of: (identifier: string) => `Saved on this device for ${identifier}`,
  wrong: "The password that is saved on this device was not accepted. It may have been changed: enter the new one.",
  save: "Save this password on this device",
  saveHint: "A PIN opens it the next time.",
  replaces: (identifier: string) => `A PIN opens it the next time. It takes the place of the one of ${identifier}.`,
  unsavedTitle: "Your password was not saved",
  unsavedLead: "It is right, and you can go on. It just is not saved on this device.",

  useTitle: "Use your saved password",
  saveTitle: "Save the password",
  choosePinNote:
    "You are asked for it whenever you use a saved password, a passkey of this device or the lock of Frontdesk. Keep it in mind: nobody can tell it to you, and after eight wrong tries the saved passwords and passkeys of this device are removed.",

  isSaved: "It is saved on this device, behind your PIN.",
  remove: "Remove from this device",
  removed: "The saved password was removed from this device.",
  replaced: "The new one was saved on this device as well.",
  dropped: "The old one was removed from this device.",

  list: "Saved passwords",
  listTitle: "Saved passwords:",
  listed: (identifier: string) => `Password of ${identifier}`,
  removeOne: "Remove",
  removeOf: (identifier: string, instance: string) => `Remove the password of ${identifier} at ${instance}`,
};
