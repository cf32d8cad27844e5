import { useMemo } from "react";

import type { FlowView } from "../bridge/FlowView";
import type { InstanceView } from "../bridge/InstanceView";
import { intent } from "../sdk/errors";
import { useBridge, useSnapshot } from "./context";

/** An identity provider of an instance. */
export interface Provider {
  /** Such as `oauth_google`. */
  strategy: string;
  /** What people know it by. */
  name: string;
}

/** The providers that sign in, or those that can be connected, always in the same order. */
export function providersOf(instance: InstanceView, use: "sign-in" | "connect"): Provider[] {
  const social = Object.entries(instance.environment?.user_settings.social ?? {});
  const usable = social.flatMap(([strategy, provider]) =>
    provider.enabled && !provider.not_selectable && (use === "connect" || provider.authenticatable)
      ? [{ strategy, name: provider.name || plainName(strategy) }]
      : [],
  );
  // Those that an owner has added come last.
  return usable.sort((a, b) => rank(a) - rank(b) || a.strategy.localeCompare(b.strategy, "en"));
}

/** What a provider is called, also where the instance does not list it any more. */
export function providerName(instance: InstanceView | undefined, strategy: string): string {
  return instance?.environment?.user_settings.social[strategy]?.name || plainName(strategy);
}

function rank({ strategy }: Provider): number {
  return strategy.startsWith("oauth_custom_") ? 1 : 0;
}

function plainName(strategy: string): string {
  const name = strategy.replace(/^oauth_(custom_)?/, "").replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The attempt of an instance that is out in the browser, or whose end nobody has taken note of. */
export function useAttemptFlow(instance: string): FlowView | undefined {
  return useSnapshot().flows.findLast(
    (flow) => flow.instance === instance && flow.purpose.type !== "connect",
  );
}

/** What a session connects in the browser, oldest first. */
export function useConnectFlows(instance: string, session: string): FlowView[] {
  return useSnapshot().flows.filter(
    ({ instance: at, purpose }) =>
      at === instance && purpose.type === "connect" && purpose.session === session,
  );
}

/** What can be done with a flow. */
export function useFlowActions(): {
  /** Stops waiting; of one that has ended, takes note. */
  cancel: (flow: string) => Promise<void>;
  open: (flow: string) => Promise<void>;
  trustHost: (flow: string) => Promise<void>;
  paste: (flow: string, address: string) => Promise<void>;
  copyLink: (flow: string) => Promise<void>;
} {
  const bridge = useBridge();
  return useMemo(
    () => ({
      cancel: async (flow) => {
        await intent(bridge.instance({ type: "cancel_flow", flow }));
      },
      open: async (flow) => {
        await intent(bridge.instance({ type: "open_flow", flow }));
      },
      trustHost: async (flow) => {
        await intent(bridge.instance({ type: "trust_flow_host", flow }));
      },
      paste: async (flow, address) => {
        await intent(bridge.instance({ type: "paste_address", flow, address: address.trim() }));
      },
      copyLink: async (flow) => {
        await intent(bridge.app({ type: "copy_flow_link", flow }));
      },
    }),
    [bridge],
  );
}
