import { useCallback, useMemo } from "react";

import type { AccountKey } from "../bridge/AccountKey";
import type { InstanceView } from "../bridge/InstanceView";
import type { SessionView } from "../bridge/SessionView";
import { spokenPhone } from "../primitives/phone";
import { intent } from "../sdk/errors";
import type { UserResource } from "../sdk/resources/user";
import { useBridge, useSnapshot } from "./context";

/** One entry of the rail. */
export interface AccountEntry {
  key: AccountKey;
  name: string;
  email: string | null;
  /** Where the instance says that the picture is; null where there is none. */
  picture: string | null;
  instance: InstanceView;
  /** Whether the session ended somewhere else, so that the person has to sign in again. */
  needsSignIn: boolean;
  /** The session's status in the protocol's words. */
  status: string;
  active: boolean;
  /** When the session was used last, in milliseconds since the epoch. */
  usedAt: number;
}

/** Every account of every instance, in the order of the rail, and a way to show another one. */
export function useAccounts(): {
  accounts: AccountEntry[];
  select: (account: AccountKey) => Promise<void>;
} {
  const bridge = useBridge();
  const { instances, active } = useSnapshot();
  const accounts = useMemo(
    () =>
      instances.flatMap((instance) =>
        (instance.client?.sessions ?? [])
          .filter((session) => session.user !== null && session.status !== "removed")
          .map((session) => ({
            key: { instance: instance.id, session: session.id },
            ...nameOf(session),
            picture: session.user?.has_image ? session.user.image_url : null,
            instance,
            needsSignIn: session.status !== "active" && session.status !== "pending",
            status: session.status,
            usedAt: session.last_active_at,
            active: active?.instance === instance.id && active.session === session.id,
          })),
      ),
    [instances, active],
  );
  const select = useCallback(
    async (account: AccountKey) => {
      await intent(bridge.account({ type: "set_active", account }));
    },
    [bridge],
  );
  return { accounts, select };
}

/** What tells the account from others: its primary address, else another one, its user name, a phone number, its id. */
export function addressOf(user: UserResource): string {
  const email = user.primaryEmailAddress ?? user.emailAddresses[0];
  const phone = user.primaryPhoneNumber ?? user.phoneNumbers[0];
  return email?.emailAddress ?? user.username ?? (phone ? spokenPhone(phone.phoneNumber) : user.id);
}

function nameOf(session: SessionView): { name: string; email: string | null } {
  const user = session.user;
  const email =
    user?.email_addresses.find((address) => address.id === user.primary_email_address_id)
      ?.email_address ??
    user?.email_addresses[0]?.email_address ??
    null;
  const phone =
    user?.phone_numbers.find((number) => number.id === user.primary_phone_number_id) ?? user?.phone_numbers[0];
  const full = [user?.first_name, user?.last_name].filter(Boolean).join(" ");
  return { name: full || email || user?.username || (phone && spokenPhone(phone.phone_number)) || user?.id || session.id, email };
}
