import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { useDates, useWords } from "../../words/words";
import type { SignInState } from "./machine";

/** Why a sign-in cannot go on, and what to do about it. */
export function BlockedStep({
  instance,
  state,
  onBack,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "blocked" }>;
  onBack: () => void;
}) {
  const words = useWords();
  const dates = useDates();
  const said = words.signIn.blocked[state.reason];
  const until = state.until == null ? null : new Date(state.until);
  const { support_email: support } = instance.environment?.display_config ?? {};
  const refused = state.reason === "locked" || state.reason === "banned" || state.reason === "deactivated";
  return (
    <FormPage place={<Place instance={instance} />} title={said.title} onBack={onBack}>
      <Banner tone="warning">
        <p>{said.body}</p>
        {until && <p className="tabular">{words.signIn.lockedUntil(dates.dateTime(until))}</p>}
      </Banner>
      {refused && support && <p className="wrap">{words.signIn.askSupport(support)}</p>}
      <Button look="primary" wide onClick={onBack}>
        {words.signIn.startAgain}
      </Button>
    </FormPage>
  );
}
