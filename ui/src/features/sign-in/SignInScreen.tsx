import { type ReactNode, useReducer } from "react";

import { useAction } from "../../app/action";
import { type CodeEntry, sendCode } from "../../app/code-entry";
import { CodeStep } from "../../app/CodeStep";
import { isReset, isSent, isToPhone, preparation, type SentMethod } from "../../app/factors";
import { hasCode, placeFailure, plainFailure } from "../../app/failure";
import { FinishStep } from "../../app/FinishStep";
import { useFlowEnd } from "../../app/flow-end";
import { FlowStep } from "../../app/FlowStep";
import { useAttemptFlow } from "../../app/flows";
import { useGoingOut } from "../../app/going-out";
import { InstanceGate } from "../../app/InstanceGate";
import {
  identifierKinds,
  identifierOf,
  passwordMinLength,
  prefersCode,
  signUpAction,
  useInstance,
} from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { usePasskeyAction } from "../../app/PasskeyChooser";
import { isSame, isSignedIn, useSavedPassword } from "../../app/saved-password";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import type { ApiResponseError } from "../../sdk/errors";
import { useSignIn } from "../../sdk/hooks";
import type { SetActive } from "../../sdk/instance-client";
import { useLocalCredentials } from "../../sdk/local-credentials";
import type { SignInResource } from "../../sdk/resources/sign-in";
import { useWords } from "../../words/words";
import { BlockedStep } from "./BlockedStep";
import { IdentifierStep } from "./IdentifierStep";
import { begin, blockedBy, firstMethod, nextStep, type NextStep, signInMachine, type SignInState } from "./machine";
import { NewPasswordStep } from "./NewPasswordStep";
import { PasskeyStep } from "./PasskeyStep";
import { PasswordStep } from "./PasswordStep";
import { SecondFactorStep } from "./SecondFactorStep";
import { UnsavedStep } from "./UnsavedStep";

/** What instances say of a password that is not right. */
const WRONG = ["form_password_incorrect", "form_password_or_identifier_incorrect", "form_identifier_not_found"];

interface SignInScreenProps {
  instance: string;
  /** An address that was typed elsewhere already. */
  email?: string | undefined;
  /** Opens the screen in a given state, for previews and tests. */
  initial?: SignInState | undefined;
  initialCode?: CodeEntry | undefined;
}

/** Signing in: who, then a password or a code, then in. */
export function SignInScreen({ instance: id, ...rest }: SignInScreenProps) {
  const words = useWords();
  const instance = useInstance(id);
  const { isLoaded, signIn, setActive } = useSignIn();
  return (
    <InstanceGate instance={instance} title={words.actions.signIn} fields={1}>
      {(ready) =>
        isLoaded && <SignIn instance={ready} signIn={signIn} setActive={setActive} {...rest} />
      }
    </InstanceGate>
  );
}

function SignIn({
  instance,
  signIn,
  setActive,
  email,
  initial,
  initialCode,
}: {
  instance: InstanceView;
  signIn: SignInResource;
  setActive: SetActive;
} & Omit<SignInScreenProps, "instance">) {
  const words = useWords();
  const { home, replace } = useNavigation();
  const [state, tell] = useReducer(signInMachine, initial ?? begin(email));
  const action = useAction();
  const sending = useAction();
  const passkey = usePasskeyAction(words.passkeys.chooseTitle);
  const saving = useAction();
  const opening = useAction();
  const saved = useSavedPassword(instance);
  const { authenticate } = useLocalCredentials();
  const flow = useAttemptFlow(instance.id);
  const mayUsePasskeys = instance.passkeys.obstacle === null;
  const stepAfter = (attempt: SignInResource) => nextStep(attempt, mayUsePasskeys);

  /** Refusals that end the attempt whatever step it was at; true when it was one. */
  const ended = (error: ApiResponseError): boolean => {
    const blocked = blockedBy(error.errors);
    if (blocked) {
      tell({ type: "blocked", ...blocked });
      return true;
    }
    const already = error.errors.find((item) => item.code === "identifier_already_signed_in");
    if (already?.meta.sessionId) {
      const sessionId = already.meta.sessionId;
      tell({ type: "advanced", next: { need: "nothing", sessionId } });
      return true;
    }
    const void_ = state.step === "new_password" && hasCode(error, "verification_expired");
    const gone = hasCode(error, "resource_not_found") || hasCode(error, "resource_forbidden");
    if ((gone || void_) && state.step !== "identifier") {
      const [item] = error.errors;
      const failure = {
        message: words.signIn.expired,
        code: item?.code ?? null,
        traceId: error.clerkTraceId ?? null,
      };
      tell({ type: "expired", failure });
      return true;
    }
    return false;
  };

  const refuse = (error: ApiResponseError) => {
    if (ended(error)) return;
    const params: Record<string, "here"> = { [state.step === "identifier" ? "identifier" : "password"]: "here" };
    const { fields, form } = placeFailure(error, params, words);
    const unknown = hasCode(error, "form_identifier_not_found");
    const named = "identifier" in state ? state.identifier.trim() : "";
    tell({
      type: "refused",
      error: unknown ? words.signIn.unknown(named) : (fields.here ?? null),
      failure: unknown ? null : form,
      unknown,
    });
  };

  const prepare = (method: SentMethod) => signIn.prepareFirstFactor(preparation(method));

  const submitIdentifier = () => {
    if (state.step !== "identifier" || action.busy) return;
    passkey.action.cancel();
    opening.cancel();
    const kinds = identifierKinds(instance);
    const identifier = identifierOf(state.identifier, kinds);
    if (!identifier) {
      tell({ type: "refused", error: words.fields.required.identifier(kinds), failure: null });
      return;
    }
    action.run(
      async () => {
        const next = stepAfter(await signIn.create({ identifier }));
        if (next.need !== "first_factor") return { next, code: null };
        const method = firstMethod(next.methods, prefersCode(instance));
        if (!method || !isSent(method)) return { next, code: null };
        return { next, code: { method, resendAt: await sendCode(() => prepare(method)) } };
      },
      {
        done: ({ next, code }) => {
          tell({ type: "advanced", next });
          if (code) tell({ type: "choose_code", ...code });
        },
        failed: refuse,
      },
    );
  };

  const submitPassword = () => {
    if (state.step !== "password" || action.busy || saving.busy) return;
    const { password } = state;
    if (!password) {
      tell({ type: "refused", error: words.fields.required.password, failure: null });
      return;
    }
    const { save = false } = state;
    action.run(() => signIn.attemptFirstFactor({ strategy: "password", password }), {
      done: (attempt) => {
        const next = stepAfter(attempt);
        const isRight = next.need === "nothing" || next.need === "second_factor";
        if (save && isRight) savePassword(attempt.identifier ?? state.identifier, password, next);
        else tell({ type: "advanced", next });
      },
      failed: refuse,
    });
  };

  /** Saves a password that has signed in. Who would rather not goes on all the same. */
  const savePassword = (identifier: string, password: string, next: NextStep) => {
    saving.run(() => saved.save(identifier, password), {
      done: () => {
        tell({ type: "advanced", next });
      },
      failed: (error) => {
        tell({ type: "unsaved", failure: plainFailure(error, words), next });
      },
    });
  };

  /** Signs in by the password that is saved on this device. */
  const openSaved = () => {
    const { identifier } = saved;
    if (identifier === null || opening.busy || saving.busy) return;
    action.cancel();
    sending.cancel();
    passkey.action.cancel();
    if (state.step === "identifier") tell({ type: "edited", value: identifier });
    opening.run(authenticate, {
      done: (attempt) => {
        tell({ type: "advanced", next: stepAfter(attempt) });
      },
      failed: (error) => {
        if (WRONG.some((code) => hasCode(error, code))) askForNew(identifier);
        else refuse(error);
      },
    });
  };

  /** The saved password is of before: the new one is asked for, and saved in its place. */
  const askForNew = (identifier: string) => {
    opening.run(() => signIn.create({ identifier }), {
      done: (attempt) => {
        tell({ type: "advanced", next: stepAfter(attempt) });
        tell({ type: "save", value: true });
        tell({ type: "refused", error: words.saved.wrong, failure: null });
      },
      failed: refuse,
    });
  };

  const submitNewPassword = () => {
    if (state.step !== "new_password" || action.busy) return;
    const { password, signOutOthers } = state;
    const min = passwordMinLength(instance);
    const error = !password
      ? words.fields.required.newPassword
      : password.length < min
        ? words.fields.required.passwordLength(min)
        : null;
    if (error) {
      tell({ type: "refused", error, failure: null });
      return;
    }
    action.run(() => signIn.resetPassword({ password, signOutOfOtherSessions: signOutOthers }), {
      done: (attempt) => {
        tell({ type: "advanced", next: stepAfter(attempt) });
      },
      failed: refuse,
    });
  };

  const chooseCode = (method: SentMethod) => {
    if (sending.busy) return;
    passkey.action.cancel();
    sending.run(() => sendCode(() => prepare(method)), {
      done: (resendAt) => {
        tell({ type: "choose_code", method, resendAt });
      },
      failed: refuse,
    });
  };

  /** By the passkey of whoever the attempt names, else of whoever has one. */
  const tryPasskey = () => {
    if (passkey.action.busy) return;
    action.cancel();
    sending.cancel();
    const flow = state.step === "identifier" ? ({ flow: "discoverable" } as const) : {};
    tell(state.step === "identifier" ? { type: "edited", value: state.identifier } : { type: "choose_passkey" });
    passkey.start((authenticator) => signIn.authenticateWithPasskey({ ...flow, authenticator }), {
      done: (attempt) => {
        tell({ type: "advanced", next: stepAfter(attempt) });
      },
      failed: refuse,
    });
  };

  const { going, goOut } = useGoingOut(({ strategy }) => {
    action.cancel();
    passkey.action.cancel();
    return signIn.authenticateWithRedirect({ strategy });
  }, refuse);

  useFlowEnd(flow, {
    signedIn: (sessionId) => {
      tell({ type: "advanced", next: { need: "nothing", sessionId } });
    },
    goesOn: (purpose) => {
      if (purpose === "sign_up") {
        replace({ name: "sign-up", instance: instance.id });
        return false;
      }
      const next = stepAfter(signIn);
      tell({ type: "advanced", next });
      const method = next.need === "first_factor" ? firstMethod(next.methods, true) : undefined;
      if (method && isSent(method)) chooseCode(method);
      return true;
    },
    failed: (failure) => {
      tell({ type: "expired", failure });
    },
  });

  const goBack = () => {
    action.cancel();
    opening.cancel();
    sending.cancel();
    passkey.action.cancel();
    tell({ type: "back" });
  };

  if (flow && flow.state.type !== "ended") return <FlowStep instance={instance} flow={flow} />;

  const drawn = (): ReactNode => {
    switch (state.step) {
      case "identifier":
        return (
          <IdentifierStep
            instance={instance}
            state={state}
            action={action}
            create={signUpAction(instance, words)}
            onEdit={(value) => {
              tell({ type: "edited", value });
            }}
            onSubmit={submitIdentifier}
            going={going}
            onProvider={goOut}
            passkey={passkey.action}
            onPasskey={tryPasskey}
            saved={saved.identifier !== null && isSignedIn(instance, saved.identifier) ? null : saved.identifier}
            opening={opening}
            onSaved={openSaved}
          />
        );
      case "password":
        return (
          <PasswordStep
            instance={instance}
            state={state}
            picture={signIn.userData?.hasImage ? signIn.userData.imageUrl : null}
            action={saving.busy ? saving : action}
            sending={sending}
            onEdit={(value) => {
              tell({ type: "edited", value });
            }}
            onSubmit={submitPassword}
            onCode={chooseCode}
            onPasskey={tryPasskey}
            onBack={goBack}
            saved={saved}
            opening={opening}
            onSave={(value) => {
              tell({ type: "save", value });
            }}
            onSaved={saved.identifier !== null && isSame(saved.identifier, state.identifier) ? openSaved : null}
          />
        );
      case "passkey":
        return (
          <PasskeyStep
            instance={instance}
            state={state}
            picture={signIn.userData?.hasImage ? signIn.userData.imageUrl : null}
            action={passkey.action}
            sending={sending}
            onUse={tryPasskey}
            onPassword={() => {
              passkey.action.cancel();
              tell({ type: "choose_password" });
            }}
            onCode={chooseCode}
            onBack={goBack}
            onChange={() => {
              goBack();
              tell({ type: "back" });
            }}
          />
        );
      case "code":
        return (
          <CodeStep
            instance={instance}
            title={
              isReset(state.method)
                ? words.signIn.resetTitle
                : isToPhone(state.method)
                  ? words.verify.phoneTitle
                  : undefined
            }
            sentTo={state.method.address || state.identifier}
            resendAt={state.resendAt}
            initial={initialCode}
            prepare={() => prepare(state.method)}
            attempt={(code) => signIn.attemptFirstFactor({ strategy: state.method.strategy, code })}
            onDone={(attempt) => {
              tell({ type: "advanced", next: stepAfter(attempt) });
            }}
            onFailed={ended}
            onBack={goBack}
            foot={
              !isReset(state.method) && (
                <>
                  {state.methods.some((method) => method.strategy === "password") && (
                    <Button
                      look="quiet"
                      onClick={() => {
                        tell({ type: "choose_password" });
                      }}
                    >
                      {words.signIn.usePassword}
                    </Button>
                  )}
                  {state.methods.some((method) => method.strategy === "passkey") && (
                    <Button look="quiet" onClick={tryPasskey}>
                      {words.passkeys.use}
                    </Button>
                  )}
                </>
              )
            }
          />
        );
      case "new_password":
        return (
          <NewPasswordStep
            instance={instance}
            state={state}
            action={action}
            onEdit={(value) => {
              tell({ type: "edited", value });
            }}
            onSignOutOthers={(value) => {
              tell({ type: "sign_out_others", value });
            }}
            onSubmit={submitNewPassword}
            onBack={goBack}
          />
        );
      case "second_factor":
        return (
          <SecondFactorStep
            instance={instance}
            state={state}
            signIn={signIn}
            initialCode={initialCode}
            onDone={(attempt) => {
              tell({ type: "advanced", next: stepAfter(attempt) });
            }}
            onFailed={ended}
            onChoose={(method) => {
              tell({ type: "choose_second", method });
            }}
            onOther={() => {
              tell({ type: "other_second" });
            }}
            onBack={goBack}
          />
        );
      case "unsaved":
        return (
          <UnsavedStep
            instance={instance}
            state={state}
            onGo={() => {
              tell({ type: "advanced", next: state.next });
            }}
          />
        );
      case "blocked":
        return <BlockedStep instance={instance} state={state} onBack={goBack} />;
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
  };
  return (
    <>
      {drawn()}
      {passkey.chooser}
    </>
  );
}
