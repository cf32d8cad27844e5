import { useState } from "react";

import { InstanceProblem, StaleNotice } from "../../app/InstanceGate";
import { nameOf, signUpAction, signUpRules, useInstances } from "../../app/instances";
import { useAccounts } from "../../app/accounts";
import { useSnapshot } from "../../app/context";
import { useNavigation } from "../../app/navigation";
import { VaultNotice } from "../../app/VaultNotice";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { Choices } from "../../primitives/Choices";
import { FormPage } from "../../primitives/FormPage";
import { Mark } from "../../primitives/icons";
import { Skeleton } from "../../primitives/Skeleton";
import { useWords } from "../../words/words";

/** The first screen, and the one behind "+": where, and whether you are new there. */
export function WelcomeScreen({ adding = false }: { adding?: boolean }) {
  const words = useWords();
  const { status } = useSnapshot();
  const { instances, local } = useInstances();
  const { accounts } = useAccounts();
  const { open, back } = useNavigation();
  const [wanted, setWanted] = useState<string | null>(null);
  const instance = instances.find((candidate) => candidate.id === wanted) ?? local ?? instances[0];

  if (adding || accounts.length > 0) {
    return (
      <FormPage
        title={words.welcome.addTitle}
        lead={<p>{words.welcome.addLead}</p>}
        onBack={adding ? back : undefined}
      >
        <Choosing
          instances={instances}
          instance={instance}
          onChoose={setWanted}
          onConnect={() => {
            open({ name: "connect" });
          }}
        />
      </FormPage>
    );
  }
  return (
    <FormPage
      place={<Mark size={56} />}
      title={words.welcome.title}
      lead={<p>{words.welcome.lead}</p>}
    >
      {status === "loading" && instances.length === 0 ? (
        <div className="form-end">
          <Skeleton height={40} />
          <Skeleton height={40} />
          <Skeleton height={40} />
        </div>
      ) : (
        <Choosing
          instances={instances}
          instance={instance}
          onChoose={setWanted}
          onConnect={() => {
            open({ name: "connect" });
          }}
        />
      )}
    </FormPage>
  );
}

function Choosing({
  instances,
  instance,
  onChoose,
  onConnect,
}: {
  instances: InstanceView[];
  instance: InstanceView | undefined;
  onChoose: (id: string) => void;
  onConnect: () => void;
}) {
  const words = useWords();
  return (
    <>
      <VaultNotice />
      {instances.length > 1 && instance && (
        <Choices
          label={words.welcome.where}
          value={instance.id}
          onValue={onChoose}
          options={instances.map((candidate) => ({
            value: candidate.id,
            label: nameOf(candidate, words),
            hint: candidate.kind === "local" ? words.welcome.localHint : candidate.host,
          }))}
        />
      )}
      {instance && <StaleNotice instance={instance} />}
      {instance?.status === "error" && <InstanceProblem instance={instance} />}
      <div className="form-end">
        {instance && instance.status !== "error" && (
          <>
            <Ways instance={instance} />
            <div className="divider" />
          </>
        )}
        <Button look="quiet" onClick={onConnect}>
          {words.welcome.connect}
        </Button>
      </div>
    </>
  );
}

function Ways({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const { open } = useNavigation();
  const { mode } = signUpRules(instance);
  const pending = pendingEmail(instance);
  const signIn = (look: "primary" | "secondary") => (
    <Button
      look={look}
      wide
      onClick={() => {
        open({ name: "sign-in", instance: instance.id });
      }}
    >
      {words.actions.signIn}
    </Button>
  );
  if (mode !== "public") {
    return (
      <>
        <Banner tone="info">
          {mode === "waitlist" ? words.welcome.waitlist : words.welcome.byInvitation}
        </Banner>
        {signIn("primary")}
        <Button
          wide
          onClick={() => {
            open({ name: "sign-up", instance: instance.id });
          }}
        >
          {signUpAction(instance, words)}
        </Button>
      </>
    );
  }
  return (
    <>
      {pending && <Banner tone="info">{words.welcome.resume(pending)}</Banner>}
      <Button
        look="primary"
        wide
        onClick={() => {
          open({ name: "sign-up", instance: instance.id });
        }}
      >
        {pending ? words.welcome.resumeAction : signUpAction(instance, words)}
      </Button>
      {signIn("secondary")}
    </>
  );
}

/** The address of a sign-up that waits for its code, if there is one. */
function pendingEmail(instance: InstanceView): string | null {
  const attempt = instance.client?.sign_up;
  if (attempt?.status !== "missing_requirements" || attempt.missing_fields.length > 0) return null;
  return attempt.unverified_fields.includes("email_address") ? attempt.email_address : null;
}
