import { useEffect, useRef, useState } from "react";

import { addressOf } from "../../app/accounts";
import { useAction } from "../../app/action";
import { useSnapshot } from "../../app/context";
import { type Failure, type PlacedFailure, placeFailure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { passwordMinLength, passwordNeeds, signUpRules } from "../../app/instances";
import { useEstimate } from "../../app/password";
import { useVerified } from "../../app/Reverification";
import { useSavedPassword } from "../../app/saved-password";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Checkbox } from "../../primitives/Checkbox";
import { KnownAs } from "../../primitives/KnownAs";
import { PasswordField } from "../../primitives/PasswordField";
import { useLocalCredentials } from "../../sdk/local-credentials";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { PanelForm } from "./PanelForm";

type Doing = "nothing" | "setting" | "removing";
type Field = "currentPassword" | "newPassword";

const PARAMS: Record<string, Field> = {
  current_password: "currentPassword",
  new_password: "newPassword",
  password: "newPassword",
};
const NOTHING: PlacedFailure<Field> = { fields: {}, form: null };

/** Whether there is a password, and the ways to set, change and remove it. */
export function PasswordPanel({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const [doing, setDoing] = useState<Doing>("nothing");
  const [said, setSaid] = useState("");
  const change = useRef<HTMLButtonElement>(null);
  const was = useRef<Doing>("nothing");
  // Where every account must have one, there is none to remove.
  const mayRemove = user.passwordEnabled && !signUpRules(instance).password.required;

  useEffect(() => {
    if (was.current !== "nothing" && doing === "nothing") change.current?.focus();
    was.current = doing;
  }, [doing]);

  const leave = (done: string) => {
    setSaid(done);
    setDoing("nothing");
  };
  if (doing === "setting") return <SetForm user={user} instance={instance} onDone={leave} />;
  if (doing === "removing") return <RemoveForm user={user} instance={instance} onDone={leave} />;
  return (
    <>
      <div className="panel-row">
        <div>
          <p>{user.passwordEnabled ? words.account.passwordSet : words.account.passwordNone}</p>
          <p role="status" className="quiet">
            {said}
          </p>
        </div>
        <div className="panel-buttons">
          {mayRemove && (
            <Button
              onClick={() => {
                setSaid("");
                setDoing("removing");
              }}
            >
              {words.account.removePassword}
            </Button>
          )}
          <Button
            ref={change}
            onClick={() => {
              setSaid("");
              setDoing("setting");
            }}
          >
            {user.passwordEnabled ? words.account.changePassword : words.account.setPassword}
          </Button>
        </div>
      </div>
      <SavedHere
        instance={instance}
        onSaid={(text) => {
          setSaid(text);
          // The button that was pressed is no more.
          if (text) change.current?.focus();
        }}
      />
    </>
  );
}

/** That the password is saved on this device, and the way to remove it from there. */
function SavedHere({ instance, onSaid }: { instance: InstanceView; onSaid: (said: string) => void }) {
  const words = useWords();
  const { forget } = useSavedPassword(instance);
  const { userOwnsCredentials } = useLocalCredentials();
  const { gesture } = useSnapshot().passkeys;
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  if (userOwnsCredentials !== true) return null;
  return (
    <div className="stack gap-3">
      <div className="panel-row">
        <p>{gesture === null ? words.saved.isSaved : words.gesture.isSaved(gesture)}</p>
        <Button
          pending={action.pending}
          onClick={() => {
            if (action.busy) return;
            setFailure(null);
            onSaid("");
            action.run(forget, {
              done: () => {
                onSaid(words.saved.removed);
              },
              failed: (error) => {
                setFailure(plainFailure(error, words));
              },
            });
          }}
        >
          {words.saved.remove}
        </Button>
      </div>
      <FailureNote failure={failure} />
    </div>
  );
}

function SetForm({
  user,
  instance,
  onDone,
}: {
  user: UserResource;
  instance: InstanceView;
  onDone: (said: string) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const { userOwnsCredentials, setCredentials, clearCredentials } = useLocalCredentials();
  const min = passwordMinLength(instance);
  const [draft, setDraft] = useState({ currentPassword: "", newPassword: "" });
  const [signOutOthers, setSignOutOthers] = useState(true);
  const [failure, setFailure] = useState(NOTHING);
  const [round, setRound] = useState(0);
  const address = addressOf(user);
  const estimate = useEstimate([address, user.firstName, user.lastName]);

  const refuse = (placed: PlacedFailure<Field>) => {
    setFailure(placed);
    setRound(round + 1);
  };
  /** The password that is saved on this device is replaced, or removed where that is not wanted or does not work. */
  const replaceSaved = async (newPassword: string): Promise<string> => {
    if (userOwnsCredentials !== true) return "";
    try {
      await setCredentials({ password: newPassword });
      return words.saved.replaced;
    } catch {
      return clearCredentials().then(
        () => words.saved.dropped,
        () => "",
      );
    }
  };
  const submit = () => {
    if (action.busy) return;
    const { currentPassword, newPassword } = draft;
    const fields: PlacedFailure<Field>["fields"] = {};
    if (user.passwordEnabled && !currentPassword) fields.currentPassword = words.fields.required.password;
    if (!newPassword) fields.newPassword = words.fields.required.newPassword;
    else if (newPassword.length < min) fields.newPassword = words.fields.required.passwordLength(min);
    if (Object.keys(fields).length > 0) {
      refuse({ fields, form: null });
      return;
    }
    action.run(
      async () => {
        await verified(() =>
          user.updatePassword({
            ...(user.passwordEnabled && { currentPassword }),
            newPassword,
            signOutOfOtherSessions: signOutOthers,
          }),
        );
        return replaceSaved(newPassword);
      },
      {
        done: (replaced) => {
          onDone([words.account.passwordSaved, replaced].join(" ").trim());
        },
        failed: (error) => {
          refuse(placeFailure(error, PARAMS, words));
        },
      },
    );
  };
  const edit = (field: Field) => (value: string) => {
    setDraft({ ...draft, [field]: value });
    setFailure({ ...failure, fields: { ...failure.fields, [field]: undefined } });
  };

  return (
    <PanelForm
      instance={instance}
      action={action}
      round={round}
      failure={failure.form}
      submit={words.actions.save}
      onSubmit={submit}
      onCancel={() => {
        onDone("");
      }}
    >
      <KnownAs address={address} />
      {user.passwordEnabled && (
        <PasswordField
          label={words.fields.currentPassword}
          name="current-password"
          autoComplete="current-password"
          data-autofocus=""
          required
          value={draft.currentPassword}
          error={failure.fields.currentPassword}
          onValue={edit("currentPassword")}
        />
      )}
      <PasswordField
        label={words.fields.newPassword}
        name="new-password"
        autoComplete="new-password"
        data-autofocus=""
        required
        value={draft.newPassword}
        error={failure.fields.newPassword}
        hint={words.fields.passwordHint(min, passwordNeeds(instance))}
        estimate={estimate}
        onValue={edit("newPassword")}
      />
      <Checkbox
        label={words.fields.signOutOthers}
        checked={signOutOthers}
        onChecked={setSignOutOthers}
      />
    </PanelForm>
  );
}

function RemoveForm({
  user,
  instance,
  onDone,
}: {
  user: UserResource;
  instance: InstanceView;
  onDone: (said: string) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [currentPassword, setCurrentPassword] = useState("");
  const [failure, setFailure] = useState(NOTHING);
  const [round, setRound] = useState(0);

  const refuse = (placed: PlacedFailure<Field>) => {
    setFailure(placed);
    setRound(round + 1);
  };
  const submit = () => {
    if (action.busy) return;
    if (!currentPassword) {
      refuse({ fields: { currentPassword: words.fields.required.password }, form: null });
      return;
    }
    action.run(() => verified(() => user.removePassword({ currentPassword })), {
      done: () => {
        onDone(words.account.passwordRemoved);
      },
      failed: (error) => {
        refuse(placeFailure(error, PARAMS, words));
      },
    });
  };

  return (
    <PanelForm
      instance={instance}
      action={action}
      round={round}
      failure={failure.form}
      submit={words.account.removePassword}
      danger
      onSubmit={submit}
      onCancel={() => {
        onDone("");
      }}
    >
      <p className="quiet">{words.account.removePasswordBody}</p>
      <KnownAs address={addressOf(user)} />
      <PasswordField
        label={words.fields.currentPassword}
        name="current-password"
        autoComplete="current-password"
        data-autofocus=""
        required
        value={currentPassword}
        error={failure.fields.currentPassword}
        onValue={(value) => {
          setCurrentPassword(value);
          setFailure(NOTHING);
        }}
      />
    </PanelForm>
  );
}
