import { useMemo } from "react";

import { intent } from "./errors";
import { useInstanceState } from "./provider";
import { SignInResource } from "./resources/sign-in";
import type { UserResource } from "./resources/user";

export interface LocalCredentials {
  /** Whose the password is; left out, it is whose the one before was. */
  identifier?: string;
  password: string;
}

/** What the device recognises somebody by. */
export type BiometricType = "face-recognition" | "fingerprint";

export interface UseLocalCredentialsReturn {
  /** Whether a password is kept on this device for the instance. */
  hasCredentials: boolean;
  /** Whether it is that of the user who is signed in; null until that is known. */
  userOwnsCredentials: boolean | null;
  /**
   * A fingerprint where Touch ID verifies the person. Null where a PIN does, which is no biometric, and with Windows Hello,
   * which does not say what it recognises people by.
   */
  biometricType: BiometricType | null;
  /**
   * Keeps a password behind the PIN of this device, or what the system has in its place; the person is asked for it. Where
   * there is neither nothing is kept and nothing is said; it throws where nobody is named and nobody was before.
   */
  setCredentials: (credentials: LocalCredentials) => Promise<void>;
  /** Forgets the password. */
  clearCredentials: () => Promise<void>;
  /**
   * Signs in by the password that is kept, once the person was verified. The password itself goes from the keychain to the
   * instance and is never seen here. The attempt may need a second factor.
   */
  authenticate: () => Promise<SignInResource>;
}

/** The password that is kept on this device for the instance, and what can be done with it. */
export function useLocalCredentials(): UseLocalCredentialsReturn {
  const [client, { savedPassword, user, gesture }] = useInstanceState("useLocalCredentials");
  const actions = useMemo(() => {
    const { store, instance } = client;
    return {
      setCredentials: async ({ identifier, password }: LocalCredentials) => {
        await intent(
          store.bridge.instance({
            type: "set_credentials",
            instance,
            ...(identifier !== undefined && { identifier }),
            password,
            may_choose_pin: false,
          }),
        );
      },
      clearCredentials: async () => {
        await intent(store.bridge.instance({ type: "clear_credentials", instance }));
      },
      authenticate: async () => {
        const attempt = await intent(
          store.bridge.signIn({ type: "authenticate_with_saved_password", instance }),
        );
        return new SignInResource(attempt, instance, store.bridge);
      },
    };
  }, [client]);
  return useMemo(
    () => ({
      hasCredentials: savedPassword.type === "kept",
      userOwnsCredentials:
        user === undefined || savedPassword.type === "unknown"
          ? null
          : user !== null && savedPassword.type === "kept" && owns(user, savedPassword.identifier),
      biometricType: gesture === "touch_id" ? "fingerprint" : null,
      ...actions,
    }),
    [actions, gesture, savedPassword, user],
  );
}

/** Whether an identifier is one of a user's. Instances take them in any case. */
function owns(user: UserResource, identifier: string): boolean {
  const all = [
    ...user.emailAddresses.map(({ emailAddress }) => emailAddress),
    ...user.phoneNumbers.map(({ phoneNumber }) => phoneNumber),
    user.username ?? "",
  ];
  return all.some((own) => own.toLowerCase() === identifier.toLowerCase());
}
