import { spokenName } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { useWords } from "../../words/words";

/** Why an instance takes no new people by itself, and what to do about it. */
export function ClosedStep({
  instance,
  mode,
  email,
}: {
  instance: InstanceView;
  mode: "restricted" | "waitlist";
  /** An address that was typed already. */
  email: string;
}) {
  const words = useWords();
  const { back, replace } = useNavigation();
  const said = words.signUp.closed[mode];
  const { support_email: support } = instance.environment?.display_config ?? {};
  return (
    <FormPage place={<Place instance={instance} />} title={said.title} onBack={back}>
      <Banner tone="info">{said.body(spokenName(instance, words))}</Banner>
      {support && <p className="wrap">{words.signIn.askSupport(support)}</p>}
      <Button
        look="primary"
        wide
        onClick={() => {
          replace({ name: "sign-in", instance: instance.id, ...(email && { email }) });
        }}
      >
        {words.actions.signIn}
      </Button>
    </FormPage>
  );
}
