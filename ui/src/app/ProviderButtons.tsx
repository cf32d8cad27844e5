import { type ReactNode, useId } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Button } from "../primitives/Button";
import { ProviderIcon } from "../primitives/ProviderIcon";
import { useWords } from "../words/words";
import type { Action } from "./action";
import { type Provider, providersOf } from "./flows";

/** The ways in beside a form, below it: by an account elsewhere, and what comes before; nothing where there are none. */
export function ProviderButtons({
  instance,
  action,
  onChoose,
  before,
}: {
  instance: InstanceView;
  /** Of the way out: a press of another button counts while it is under way. */
  action: Action;
  onChoose: (provider: Provider) => void;
  /** Another way in, which comes first. */
  before?: ReactNode;
}) {
  const words = useWords();
  const badge = useId();
  const providers = providersOf(instance, "sign-in");
  if (providers.length === 0 && !before) return null;
  return (
    <div className="providers">
      <p className="providers-or" aria-hidden="true">
        <span>{words.browser.or}</span>
      </p>
      {before}
      {providers.map((provider) => {
        const last = instance.last_strategy === provider.strategy;
        return (
          <Button
            key={provider.strategy}
            wide
            aria-busy={action.pending || undefined}
            aria-describedby={last ? badge : undefined}
            onClick={() => {
              onChoose(provider);
            }}
          >
            <ProviderIcon strategy={provider.strategy} name={provider.name} />
            {words.browser.continueWith(provider.name)}
            {/* The badge describes the button, and is no part of what it is called. */}
            {last && (
              <span id={badge} className="badge" aria-hidden="true">
                {words.browser.lastUsed}
              </span>
            )}
          </Button>
        );
      })}
    </div>
  );
}
