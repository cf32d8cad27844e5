import type { Catalogue } from "../words/words";
import { type FirstMethod, isSent, isToPhone, type SecondMethod } from "./factors";

/** What a way to prove who you are is called on the button that leads to it. */
export function wayOf(method: FirstMethod | SecondMethod, words: Catalogue): string {
  if (isSent(method)) {
    return isToPhone(method) ? words.signIn.usePhone(method.address) : words.signIn.useCode(method.address);
  }
  switch (method.strategy) {
    case "password":
      return words.signIn.usePassword;
    case "passkey":
      return words.passkeys.use;
    case "totp":
      return words.secondFactor.useAuthenticator;
    case "backup_code":
      return words.secondFactor.useBackup;
  }
}
