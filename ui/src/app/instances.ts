import { useCallback, useEffect, useMemo, useState } from "react";

import type { Attributes } from "../bridge/Attributes";
import type { InstanceView } from "../bridge/InstanceView";
import type { KeyPreview } from "../bridge/KeyPreview";
import type { OutboxMessage } from "../bridge/OutboxMessage";
import { emptyPhone, looksLikePhone, phoneNumberOf } from "../primitives/phone";
import { type ApiResponseError, intent, toApiResponseError } from "../sdk/errors";
import { NO_NEEDS, type PasswordNeeds } from "../words/en";
import type { Catalogue } from "../words/words";
import { useBridge, useSnapshot } from "./context";
import { useInSight } from "./in-sight";

/** How often an outbox on screen is read again, in milliseconds. */
const OUTBOX_EVERY = 1500;

/** Every instance the app knows, and what can be done with them. */
export function useInstances(): {
  instances: InstanceView[];
  local: InstanceView | undefined;
  inspect: (keyOrAddress: string) => Promise<KeyPreview>;
  add: (publishableKey: string) => Promise<string>;
  rename: (instance: string, name: string) => Promise<void>;
  /** Moves an instance to a place of the list, the first being 0. */
  move: (instance: string, to: number) => Promise<void>;
  remove: (instance: string) => Promise<void>;
  reload: (instance: string) => Promise<void>;
} {
  const bridge = useBridge();
  const { instances } = useSnapshot();
  return useMemo(
    () => ({
      instances,
      local: instances.find((instance) => instance.kind === "local"),
      inspect: (keyOrAddress) =>
        intent(bridge.instance({ type: "inspect", key_or_address: keyOrAddress })),
      add: async (publishableKey) =>
        (await intent(bridge.instance({ type: "add", publishable_key: publishableKey }))).instance,
      rename: async (instance, name) => {
        await intent(bridge.instance({ type: "rename", instance, name }));
      },
      move: async (instance, to) => {
        await intent(bridge.instance({ type: "move", instance, to }));
      },
      remove: async (instance) => {
        await intent(bridge.instance({ type: "remove", instance }));
      },
      reload: async (instance) => {
        await intent(bridge.instance({ type: "reload", instance }));
      },
    }),
    [bridge, instances],
  );
}

/** One instance; undefined once it has been removed. */
export function useInstance(id: string): InstanceView | undefined {
  return useSnapshot().instances.find((instance) => instance.id === id);
}

/** Tells the app when the screen that asks goes away: whoever was signing in or up there has gone elsewhere. */
export function useLeaveAttempt(instance: string): void {
  const bridge = useBridge();
  useEffect(
    () => () => {
      // Nothing hangs on it: what is left behind is forgotten at the next start at the latest.
      void intent(bridge.instance({ type: "leave_attempt", instance })).catch(() => undefined);
    },
    [bridge, instance],
  );
}

/** What an instance is called by itself. */
export function nameOf(instance: InstanceView, words: Catalogue): string {
  return instance.kind === "local" && !instance.own_name ? words.instance.localName : instance.name;
}

/** What an instance is called inside a sentence. */
export function spokenName(instance: InstanceView, words: Catalogue): string {
  return instance.kind === "local" && !instance.own_name ? words.instance.local : instance.name;
}

/** Whether a field is asked for, and whether it must be filled. */
export interface FieldRule {
  shown: boolean;
  required: boolean;
}

/** What an instance asks of someone who signs up, with the protocol's defaults where it says nothing. */
export interface SignUpRules {
  mode: string;
  emailAddress: FieldRule;
  phoneNumber: FieldRule;
  username: FieldRule;
  password: FieldRule;
  firstName: FieldRule;
  lastName: FieldRule;
  passwordMinLength: number;
  passwordNeeds: PasswordNeeds;
  usernameLength: { min: number; max: number };
}

/** What somebody new can do at an instance: create an account, use an invitation, or ask for one. */
export function signUpAction(instance: InstanceView, words: Catalogue): string {
  const { mode } = signUpRules(instance);
  if (mode === "public") return words.actions.createAccount;
  return mode === "waitlist" ? words.signUp.closed.waitlist.join : words.signUp.invitation.have;
}

/** Reads {@link SignUpRules} out of an instance's settings. */
export function signUpRules(instance: InstanceView | undefined): SignUpRules {
  const settings = instance?.environment?.user_settings;
  const rule = (name: keyof Attributes, otherwise: FieldRule): FieldRule => {
    const attribute = settings?.attributes[name];
    return attribute ? { shown: attribute.enabled, required: attribute.required } : otherwise;
  };
  return {
    mode: settings?.sign_up.mode || "public",
    emailAddress: rule("email_address", { shown: true, required: true }),
    phoneNumber: rule("phone_number", { shown: false, required: false }),
    username: rule("username", { shown: false, required: false }),
    password: rule("password", { shown: true, required: true }),
    firstName: rule("first_name", { shown: false, required: false }),
    lastName: rule("last_name", { shown: false, required: false }),
    passwordMinLength: passwordMinLength(instance),
    passwordNeeds: passwordNeeds(instance),
    usernameLength: {
      min: settings?.username_settings.min_length || 4,
      max: settings?.username_settings.max_length || 64,
    },
  };
}

/** Which second factors an instance lets people turn on. */
export function secondFactorRules(instance: InstanceView | undefined): {
  authenticator: boolean;
  phone: boolean;
  backup: boolean;
} {
  const attributes = instance?.environment?.user_settings.attributes;
  const may = (name: keyof Attributes) => Boolean(attributes?.[name].enabled && attributes[name].used_for_second_factor);
  return { authenticator: may("authenticator_app"), phone: may("phone_number"), backup: may("backup_code") };
}

/** What people are known by where they sign in. */
export interface IdentifierKinds {
  email: boolean;
  phone: boolean;
  username: boolean;
}

/** Reads {@link IdentifierKinds} out of an instance's settings; an address where it says nothing. */
export function identifierKinds(instance: InstanceView | undefined): IdentifierKinds {
  const attributes = instance?.environment?.user_settings.attributes;
  const is = (name: keyof Attributes) => Boolean(attributes?.[name].enabled && attributes[name].used_for_first_factor);
  const kinds = { email: is("email_address"), phone: is("phone_number"), username: is("username") };
  return kinds.email || kinds.phone || kinds.username ? kinds : { ...kinds, email: true };
}

/** What was typed to name an account, as it travels: a telephone number with its country, which is the system's unless it says so. */
export function identifierOf(typed: string, kinds: IdentifierKinds): string {
  const text = typed.trim();
  if (!kinds.phone || !looksLikePhone(text)) return text;
  return phoneNumberOf({ ...emptyPhone(), text }) ?? text;
}

/** How long a password has to be at least. */
export function passwordMinLength(instance: InstanceView | undefined): number {
  // Zero means the protocol's default.
  return instance?.environment?.user_settings.password_settings.min_length || 8;
}

/** What a password has to have besides its length. */
export function passwordNeeds(instance: InstanceView | undefined): PasswordNeeds {
  const rules = instance?.environment?.user_settings.password_settings;
  if (!rules) return NO_NEEDS;
  return {
    lowercase: rules.require_lowercase,
    uppercase: rules.require_uppercase,
    number: rules.require_numbers,
    special: rules.require_special_char,
  };
}

/** Whether an instance would rather send a code than ask for a password. */
export function prefersCode(instance: InstanceView): boolean {
  return instance.environment?.display_config.preferred_sign_in_strategy === "otp";
}

/** What an outbox screen shows. */
export type OutboxState =
  | { state: "loading" }
  | { state: "ready"; messages: OutboxMessage[] }
  | { state: "failed"; error: ApiResponseError };

/** The kept messages of a development instance, newest first, read again while `watching` and in sight. */
export function useOutbox(
  instance: string | undefined,
  watching: boolean,
): { outbox: OutboxState; refresh: () => void } {
  const bridge = useBridge();
  const [outbox, setOutbox] = useState<OutboxState>({ state: "loading" });
  const [round, setRound] = useState(0);
  const inSight = useInSight();

  useEffect(() => {
    if (!instance || !watching || !inSight) return;
    let stale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const list = await bridge.instance({ type: "outbox", instance });
        if (stale) return;
        const messages = [...list].sort((a, b) => b.created_at - a.created_at);
        setOutbox((before) =>
          before.state === "ready" && sameIds(before.messages, messages)
            ? before
            : { state: "ready", messages },
        );
      } catch (error) {
        if (stale) return;
        setOutbox({ state: "failed", error: toApiResponseError(error) });
        return;
      }
      timer = setTimeout(() => void read(), OUTBOX_EVERY);
    };
    void read();
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [bridge, instance, watching, inSight, round]);

  const refresh = useCallback(() => {
    setOutbox({ state: "loading" });
    setRound((value) => value + 1);
  }, []);
  return { outbox, refresh };
}

function sameIds(a: OutboxMessage[], b: OutboxMessage[]): boolean {
  return a.length === b.length && a.every((message, index) => message.id === b[index]?.id);
}
