import { useReducer, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { type CodeEntry, sendCode } from "../../app/code-entry";
import { CodeStep } from "../../app/CodeStep";
import { type Failure, hasCode, placeFailure, plainFailure } from "../../app/failure";
import { FinishStep } from "../../app/FinishStep";
import { useFlowEnd } from "../../app/flow-end";
import { FlowStep } from "../../app/FlowStep";
import { useAttemptFlow } from "../../app/flows";
import { useGoingOut } from "../../app/going-out";
import { InstanceGate } from "../../app/InstanceGate";
import { type SignUpRules, signUpRules, useInstance } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { phoneDraft, spokenPhone } from "../../primitives/phone";
import { useSignUp } from "../../sdk/hooks";
import type { SetActive } from "../../sdk/instance-client";
import type { SignUpParams, SignUpResource } from "../../sdk/resources/sign-up";
import { entryOf } from "../../words/entries";
import { useWords } from "../../words/words";
import { ClosedStep } from "./ClosedStep";
import { DetailsStep } from "./DetailsStep";
import {
  begin,
  BY_CODE,
  check,
  type Draft,
  type Lacking,
  nextStep,
  PARAMS,
  rulesOf,
  sentPhone,
  signUpMachine,
  type SignUpState,
} from "./machine";

interface SignUpScreenProps {
  instance: string;
  /** An address that was typed elsewhere already. */
  email?: string | undefined;
  /** Opens the screen in a given state, for previews and tests. */
  initial?: SignUpState | undefined;
  initialCode?: CodeEntry | undefined;
}

/** Creating an account: details, then the code if the address has to be proven, then in. */
export function SignUpScreen({ instance: id, ...rest }: SignUpScreenProps) {
  const words = useWords();
  const instance = useInstance(id);
  const { isLoaded, signUp, setActive } = useSignUp();
  return (
    <InstanceGate instance={instance} title={words.signUp.title} fields={2}>
      {(ready) =>
        isLoaded && <SignUp instance={ready} signUp={signUp} setActive={setActive} {...rest} />
      }
    </InstanceGate>
  );
}

function SignUp({
  instance,
  signUp,
  setActive,
  email,
  initial,
  initialCode,
}: {
  instance: InstanceView;
  signUp: SignUpResource;
  setActive: SetActive;
} & Omit<SignUpScreenProps, "instance">) {
  const words = useWords();
  const { home, replace } = useNavigation();
  const action = useAction();
  const flow = useAttemptFlow(instance.id);
  const [state, tell] = useReducer(signUpMachine, initial ?? resume(signUp, email));
  // What the attempt under way was made from: going forward again unchanged asks for nothing new.
  const sent = useRef<Draft | null>(null);
  // What the instance has said since its settings were read.
  const [closed, setClosed] = useState<Closed | null>(null);
  const { mode } = signUpRules(instance);
  const rules = rulesOf(signUpRules(instance), state.step === "details" ? state.lacking : null);

  const goOn = async (attempt: SignUpResource) => {
    const next = nextStep(attempt);
    if (next?.need !== "code" || next.prepared) return { next, resendAt: null };
    const strategy = BY_CODE[next.field];
    return { next, resendAt: await sendCode(() => attempt.prepareVerification({ strategy })) };
  };

  const submit = () => {
    if (state.step !== "details" || action.busy) return;
    const { draft, lacking } = state;
    const errors = check(draft, rules, words);
    if (Object.keys(errors).length > 0) {
      tell({ type: "refused", errors, failure: null });
      return;
    }
    action.run(
      async () => {
        if (lacking) return goOn(await signUp.update(only(draft, lacking)));
        const unchanged = sent.current !== null && sameDraft(sent.current, draft);
        if (unchanged && signUp.status === "missing_requirements") return goOn(signUp);
        const attempt = await signUp.create({
          ...filled(draft, rules),
          ...(draft.password && { password: draft.password }),
          ...(draft.firstName.trim() && { firstName: draft.firstName.trim() }),
          ...(draft.lastName.trim() && { lastName: draft.lastName.trim() }),
        });
        sent.current = draft;
        return goOn(attempt);
      },
      {
        done: ({ next, resendAt }) => {
          if (next) tell({ type: "advanced", next, resumed: false, resendAt });
          else {
            tell({
              type: "refused",
              errors: {},
              failure: { message: words.instance.errorBody, code: signUp.status, traceId: null },
            });
          }
        },
        failed: (error) => {
          const shut = error.errors.map(({ code }) => CLOSED[code]).find(Boolean);
          if (shut) setClosed(shut);
          const { fields, form } = placeFailure(error, PARAMS, words);
          tell({ type: "refused", errors: fields, failure: form });
        },
      },
    );
  };

  /** Signs up by an invitation, which opens an instance that takes no new people by itself. */
  const accept = (ticket: string) => {
    action.run(async () => goOn(await signUp.create({ ticket })), {
      done: ({ next, resendAt }) => {
        if (next) tell({ type: "advanced", next, resumed: false, resendAt });
      },
      failed: (error) => {
        tell({ type: "refused", errors: {}, failure: plainFailure(error, words) });
      },
    });
  };

  const { going, goOut } = useGoingOut(
    ({ strategy }) => {
      action.cancel();
      return signUp.authenticateWithRedirect({ strategy });
    },
    (error) => {
      tell({ type: "refused", errors: {}, failure: plainFailure(error, words) });
    },
  );

  useFlowEnd(flow, {
    signedIn: (sessionId) => {
      tell({ type: "advanced", next: { need: "nothing", sessionId }, resumed: false, resendAt: null });
    },
    goesOn: (purpose) => {
      if (purpose === "sign_in") {
        replace({ name: "sign-in", instance: instance.id });
        return false;
      }
      action.run(() => goOn(signUp), {
        done: ({ next, resendAt }) => {
          if (next) tell({ type: "advanced", next, resumed: false, resendAt });
        },
        failed: (error) => {
          tell({ type: "failed", failure: plainFailure(error, words) });
        },
      });
      return true;
    },
    failed: (failure) => {
      tell({ type: "failed", failure });
    },
  });

  if (flow && flow.state.type !== "ended") return <FlowStep instance={instance} flow={flow} />;

  switch (state.step) {
    case "details":
      // Whoever is invited is asked for the rest.
      if (!state.lacking && (closed ?? isClosed(mode))) {
        return (
          <ClosedStep
            instance={instance}
            mode={closed ?? (mode as Closed)}
            email={state.draft.emailAddress}
            accepting={action}
            onTicket={accept}
            failure={isSaid(state.failure) ? null : state.failure}
            onEdited={() => {
              tell({ type: "edited", field: "emailAddress", value: state.draft.emailAddress });
            }}
          />
        );
      }
      return (
        <DetailsStep
          // Another question takes the focus anew.
          key={state.lacking ? "lacking" : "details"}
          instance={instance}
          rules={rules}
          state={state}
          action={action}
          onEdit={(field, value) => {
            tell({ type: "edited", field, value });
          }}
          onSubmit={submit}
          going={going}
          onProvider={goOut}
          onLeave={() => {
            tell({ type: "back" });
          }}
          invitedAs={signUp.emailAddress ?? ""}
        />
      );
    case "verify": {
      const { field = "email_address" } = state;
      return (
        <CodeStep
          instance={instance}
          title={field === "phone_number" ? words.verify.phoneTitle : undefined}
          key={field}
          sentTo={field === "phone_number" ? spokenPhone(state.to) : state.to}
          resendAt={state.resendAt}
          sendFirst={state.resumed && needsPrepare(signUp)}
          note={state.resumed ? words.signUp.resumedNote : undefined}
          initial={initialCode}
          prepare={() => signUp.prepareVerification({ strategy: BY_CODE[field] })}
          attempt={async (code) => goOn(await signUp.attemptVerification({ strategy: BY_CODE[field], code }))}
          onDone={({ next, resendAt }) => {
            if (next) tell({ type: "advanced", next, resumed: false, resendAt });
          }}
          onFailed={(error) => {
            // The attempt is gone (a day has passed, or another one took its place): begin again with what is known.
            if (!hasCode(error, "resource_not_found") && !hasCode(error, "resource_forbidden")) {
              return false;
            }
            sent.current = null;
            tell({ type: "back" });
            tell({
              type: "refused",
              errors: {},
              failure: plainFailure(error, words),
            });
            return true;
          }}
          onBack={() => {
            tell({ type: "back" });
          }}
          foot={
            <Button
              look="quiet"
              onClick={() => {
                tell({ type: "back" });
              }}
            >
              {field === "phone_number" ? words.signUp.changePhone : words.signUp.changeEmail}
            </Button>
          }
        />
      );
    }
    case "blocked":
      return (
        <FormPage
          place={<Place instance={instance} />}
          title={words.signUp.blockedTitle}
          onBack={() => {
            tell({ type: "back" });
          }}
        >
          <Banner tone="warning">
            {words.signUp.blocked(
              state.missing.map((field) => entryOf(words.signUp.fieldNames, field) ?? field).join(", "),
            )}
          </Banner>
          <Button
            look="primary"
            wide
            onClick={() => {
              replace({ name: "sign-in", instance: instance.id, email: state.draft.emailAddress });
            }}
          >
            {words.actions.signIn}
          </Button>
        </FormPage>
      );
    case "finishing":
      return (
        <FinishStep
          instance={instance}
          sessionId={state.sessionId}
          setActive={setActive}
          onDone={home}
        />
      );
  }
}

/** Where a sign-up that is already under way goes on. */
function resume(signUp: SignUpResource, email: string | undefined): SignUpState {
  const start = begin(email);
  const next = nextStep(signUp);
  if (next?.need !== "code" || (email && email !== signUp.emailAddress)) return start;
  const phone = phoneDraft(signUp.phoneNumber ?? "");
  const draft = {
    ...start.draft,
    emailAddress: signUp.emailAddress ?? "",
    phoneNumber: phone.text,
    phoneCountry: phone.country,
    username: signUp.username ?? "",
    firstName: signUp.firstName ?? "",
    lastName: signUp.lastName ?? "",
  };
  return { step: "verify", draft, field: next.field, to: next.to, resendAt: null, resumed: true };
}

/** What was typed of what is lacking. */
function only(draft: Draft, { fields }: Lacking): SignUpParams {
  return Object.fromEntries(
    fields.map((field) => {
      if (field === "phoneNumber") return [field, sentPhone(draft) ?? ""];
      return [field, field === "password" ? draft[field] : draft[field].trim()];
    }),
  );
}

/** What names the account, as far as it was asked for and typed. */
function filled(draft: Draft, rules: SignUpRules): SignUpParams {
  const phoneNumber = rules.phoneNumber.shown ? sentPhone(draft) : null;
  const username = rules.username.shown ? draft.username.trim() : "";
  const emailAddress = draft.emailAddress.trim();
  return {
    ...((emailAddress || rules.emailAddress.required) && { emailAddress }),
    ...(phoneNumber !== null && { phoneNumber }),
    ...(username && { username }),
  };
}

/** Ways in which an instance takes no new people. */
type Closed = "restricted" | "waitlist";

const CLOSED: Partial<Record<string, Closed>> = {
  sign_up_mode_restricted: "restricted",
  sign_up_restricted_waitlist: "waitlist",
};

/** Whether the whole step says it already. */
function isSaid(failure: Failure | null): boolean {
  return failure?.code != null && failure.code in CLOSED;
}

function isClosed(mode: string): mode is Closed {
  return mode === "restricted" || mode === "waitlist";
}

function needsPrepare(signUp: SignUpResource): boolean {
  const next = nextStep(signUp);
  return next?.need === "code" && !next.prepared;
}

function sameDraft(a: Draft, b: Draft): boolean {
  return (Object.keys(a) as (keyof Draft)[]).every((field) => a[field] === b[field]);
}
