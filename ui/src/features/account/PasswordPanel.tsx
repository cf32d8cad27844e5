import { useEffect, useRef, useState } from "react";

import { addressOf } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type PlacedFailure, placeFailure } from "../../app/failure";
import { passwordMinLength, passwordNeeds, signUpRules } from "../../app/instances";
import { useEstimate } from "../../app/password";
import { useVerified } from "../../app/Reverification";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Checkbox } from "../../primitives/Checkbox";
import { KnownAs } from "../../primitives/KnownAs";
import { PasswordField } from "../../primitives/PasswordField";
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
      () =>
        verified(() =>
          user.updatePassword({
            ...(user.passwordEnabled && { currentPassword }),
            newPassword,
            signOutOfOtherSessions: signOutOthers,
          }),
        ),
      {
        done: () => {
          onDone(words.account.passwordSaved);
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
