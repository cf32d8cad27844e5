import type { ReactNode } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Banner } from "../primitives/Banner";
import { Button } from "../primitives/Button";
import { FormPage } from "../primitives/FormPage";
import { Skeleton } from "../primitives/Skeleton";
import { useDates, useWords } from "../words/words";
import { useAction } from "./action";
import { problemOf } from "./failure";
import { FailureNote } from "./FailureNote";
import { spokenName, useInstances } from "./instances";
import { useNavigation } from "./navigation";
import { Place } from "./Place";

/** Draws a form only when its instance can take it: before that a skeleton of the form, or why not. */
export function InstanceGate({
  instance,
  title,
  fields,
  children,
}: {
  instance: InstanceView | undefined;
  title: string;
  /** How many fields the form will have, so that nothing jumps. */
  fields: number;
  children: (instance: InstanceView) => ReactNode;
}) {
  const words = useWords();
  const { back } = useNavigation();
  if (instance && (instance.status === "ready" || instance.status === "degraded")) {
    return children(instance);
  }
  if (instance?.status === "error") {
    return (
      <FormPage title={title} place={<Place instance={instance} />} onBack={back}>
        <InstanceProblem instance={instance} />
      </FormPage>
    );
  }
  return (
    <FormPage
      title={title}
      onBack={back}
      place={instance ? <Place instance={instance} /> : <Skeleton width={120} height={20} />}
    >
      <div className="form-fields" role="status">
        <span className="only-read-aloud">
          {words.instance.loading(instance ? spokenName(instance, words) : words.app.name)}
        </span>
        {Array.from({ length: fields }, (_, index) => (
          <Skeleton key={index} height={85} />
        ))}
      </div>
      <Skeleton height={40} />
    </FormPage>
  );
}

/** Why an instance cannot be used, and the way to try again. */
export function InstanceProblem({ instance }: { instance: InstanceView }) {
  const words = useWords();
  return (
    <FailureNote
      title={words.instance.errorTitle(spokenName(instance, words))}
      failure={{
        message: instance.problem ? problemOf(instance.problem, words) : words.instance.errorBody,
        code: instance.problem?.code ?? null,
        traceId: instance.problem?.trace_id ?? null,
      }}
      action={<ReloadInstance instance={instance} />}
    />
  );
}

/** From this difference on a clock is worth a word, in milliseconds. */
const CLOCK_WRONG = 60_000;

/** Says that the clocks of this computer and of an instance differ, so that times on screen may be off. */
function ClockNotice({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const ahead = instance.clock_ahead;
  if (Math.abs(ahead) < CLOCK_WRONG) return null;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const name = spokenName(instance, words);
  return (
    <Banner tone="warning" title={words.instance.clockTitle}>
      <p>{ahead > 0 ? words.instance.clockBehind(name, minutes) : words.instance.clockAhead(name, minutes)}</p>
    </Banner>
  );
}

/**
 * Says that an instance cannot be reached, and what follows: that what is shown is old, and how old; or `children`.
 * Of one that can be reached it says where the clocks differ.
 */
export function StaleNotice({
  instance,
  children,
}: {
  instance: InstanceView;
  children?: ReactNode;
}) {
  const words = useWords();
  const dates = useDates();
  if (instance.status !== "degraded") return <ClockNotice instance={instance} />;
  // Of a network fault the title says all there is to say.
  const { problem } = instance;
  const reason = problem && problem.code !== "network_unreachable" ? problemOf(problem, words) : null;
  return (
    <Banner
      tone="warning"
      title={words.instance.degraded(spokenName(instance, words))}
      action={<ReloadInstance instance={instance} />}
    >
      {reason !== null && <p>{reason}</p>}
      <p>
        {children ??
          (instance.answered_at === null
            ? words.instance.asOfUnknown
            : words.instance.asOf(dates.dateTime(new Date(instance.answered_at))))}
      </p>
    </Banner>
  );
}

function ReloadInstance({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const { reload } = useInstances();
  const action = useAction();
  return (
    <Button
      pending={action.pending}
      onClick={() => {
        action.run(() => reload(instance.id), {
          done: () => undefined,
          // The snapshot carries why it failed again.
          failed: () => undefined,
        });
      }}
    >
      {words.actions.retry}
    </Button>
  );
}
