import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { AppRequest } from "../bridge/AppRequest";
import type { AuthenticatorView } from "../bridge/AuthenticatorView";
import type { InstanceView } from "../bridge/InstanceView";
import type { PasskeysView } from "../bridge/PasskeysView";
import { intent } from "../sdk/errors";
import type { UserResource } from "../sdk/resources/user";
import { useBridge, useSnapshot } from "./context";

/** Most passkeys of one account; instances hold to the same. */
export const MOST_PASSKEYS = 10;

/** Fewest characters of a PIN, by where it is. The PINs of Windows and of a phone are none of ours. */
export const SHORTEST_PIN = { this_device: 6, security_key: 4, windows: 4, phone: 4 } as const;

/** The passkeys of this computer, and what can be done with them and with a ceremony that goes on. */
export interface Passkeys {
  passkeys: PasskeysView;
  /** Which authenticators there are, in the order in which they are offered. Takes up to two seconds. */
  authenticators: () => Promise<AuthenticatorView[]>;
  answerPin: (ceremony: string, question: number, pin: string) => Promise<void>;
  /** Says which account is meant, by its place in the list. */
  chooseAccount: (ceremony: string, question: number, account: number) => Promise<void>;
  cancel: (ceremony: string) => Promise<void>;
  changePin: () => Promise<void>;
  /** Removes every passkey and password of this device, and the PIN; the system asks first. */
  forgetDevice: () => Promise<void>;
  /** Removes the password that is saved on this device for an instance. */
  forgetPassword: (instance: string) => Promise<void>;
}

/** The passkeys of this computer. */
export function usePasskeys(): Passkeys {
  const bridge = useBridge();
  const { passkeys } = useSnapshot();
  return useMemo(() => {
    const ask = async (request: AppRequest) => {
      await intent(bridge.app(request));
    };
    return {
      passkeys,
      authenticators: () => intent(bridge.app({ type: "authenticators" })),
      answerPin: (ceremony, question, pin) => ask({ type: "answer_passkey_pin", ceremony, question, pin }),
      chooseAccount: (ceremony, question, account) =>
        ask({ type: "choose_passkey_account", ceremony, question, account }),
      cancel: (ceremony) => ask({ type: "cancel_passkey", ceremony }),
      changePin: () => ask({ type: "change_passkey_pin" }),
      forgetDevice: () => ask({ type: "forget_device_passkeys" }),
      forgetPassword: async (instance) => {
        await intent(bridge.instance({ type: "clear_credentials", instance }));
      },
    };
  }, [bridge, passkeys]);
}

/** Whether an authenticator can be used, or may be tried. */
export function isReady({ unready }: AuthenticatorView): boolean {
  return unready === null || unready.type === "no_answer";
}

/** Whether an authenticator cannot be used now, and the person can do something about it or wait for it. */
export function isHeldUp({ unready }: AuthenticatorView): boolean {
  return unready?.type === "pin_wait" || unready?.type === "locked" || unready?.type === "bluetooth_off";
}

/**
 * The authenticators while somebody chooses among them, asked for again when the keychain changes its mind and when
 * that is wanted; what was known stays in sight meanwhile.
 */
export function useAuthenticators(known: AuthenticatorView[]): { all: AuthenticatorView[]; refresh: () => void } {
  const bridge = useBridge();
  const { vault } = useSnapshot();
  const [all, setAll] = useState(known);
  const [round, setRound] = useState(0);
  const begun = useRef(false);
  useEffect(() => {
    // What is known has just been asked for.
    if (!begun.current) {
      begun.current = true;
      return;
    }
    let stale = false;
    intent(bridge.app({ type: "authenticators" })).then(
      (answer) => {
        if (!stale) setAll(answer);
      },
      () => undefined,
    );
    return () => {
      stale = true;
    };
  }, [bridge, vault.state, round]);
  const refresh = useCallback(() => {
    setRound((value) => value + 1);
  }, []);
  return { all, refresh };
}

/** Whether an account has something to show of passkeys: some of them, a way to add one, or a reason why there is none. */
export function hasPasskeys(user: UserResource, { passkeys: { obstacle } }: InstanceView): boolean {
  if (user.passkeys.length > 0) return true;
  return obstacle !== "off" && obstacle !== "unknown";
}
