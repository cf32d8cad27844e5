import type { PreviewState } from "./state";
import { ACCOUNT_STATES } from "./states/account";
import { BROWSER_STATES } from "./states/browser";
import { MANAGE_STATES } from "./states/manage";
import { OUTBOX_STATES } from "./states/outbox";
import { PASSKEY_STATES } from "./states/passkeys";
import { SETTINGS_STATES } from "./states/settings";
import { SIGN_IN_STATES } from "./states/sign-in";
import { SIGN_UP_STATES } from "./states/sign-up";
import { VAULT_STATES } from "./states/vault";
import { WELCOME_STATES } from "./states/welcome";

/** Every state that a screen is designed for. */
export const STATES: PreviewState[] = [
  ...WELCOME_STATES,
  ...SIGN_UP_STATES,
  ...SIGN_IN_STATES,
  ...BROWSER_STATES,
  ...ACCOUNT_STATES,
  ...MANAGE_STATES,
  ...PASSKEY_STATES,
  ...OUTBOX_STATES,
  ...SETTINGS_STATES,
  ...VAULT_STATES,
];
