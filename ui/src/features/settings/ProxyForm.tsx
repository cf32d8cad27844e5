import { useEffect, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import type { NetworkRoom } from "../../app/network";
import type { NetworkView } from "../../bridge/NetworkView";
import type { ProxyKind } from "../../bridge/ProxyKind";
import { Button } from "../../primitives/Button";
import { Choices } from "../../primitives/Choices";
import { focusFirst } from "../../primitives/FormPage";
import { PasswordField } from "../../primitives/PasswordField";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";

const KINDS: ProxyKind[] = ["http", "socks5"];

interface Draft {
  kind: ProxyKind;
  host: string;
  port: string;
  exceptions: string;
  user: string;
  password: string;
}

function draftOf({ choice }: NetworkView): Draft {
  return choice.type === "manual"
    ? { ...choice, port: String(choice.port), password: "" }
    : { kind: "http", host: "", port: "", exceptions: "", user: "", password: "" };
}

/** The proxy of one's own. Its password goes to the app and does not come back. */
export function ProxyForm({
  network,
  setProxy,
  onSaved,
}: {
  network: NetworkView;
  setProxy: NetworkRoom["setProxy"];
  onSaved: () => void;
}) {
  const words = useWords();
  const action = useAction();
  const [draft, setDraft] = useState(() => draftOf(network));
  const [errors, setErrors] = useState<{ host?: string; port?: string }>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (round > 0) focusFirst(form.current);
  }, [round]);
  const edit = (field: Exclude<keyof Draft, "kind">) => (value: string) => {
    setDraft({ ...draft, [field]: value });
    setErrors({});
  };
  const send = () => {
    if (action.busy) return;
    const { password, ...rest } = draft;
    const port = Number(draft.port);
    const wrong: typeof errors = {};
    if (!draft.host.trim()) wrong.host = words.network.hostMissing;
    if (!Number.isInteger(port) || port < 1 || port > 65_535) wrong.port = words.network.portWrong;
    setErrors(wrong);
    setFailure(null);
    if (Object.keys(wrong).length > 0) {
      setRound(round + 1);
      return;
    }
    action.run(() => setProxy({ type: "manual", ...rest, port }, password || undefined), {
      done: () => {
        setDraft({ ...draft, password: "" });
        onSaved();
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const line = { autoComplete: "off", autoCapitalize: "none", autoCorrect: "off", spellCheck: false, dir: "ltr" } as const;
  return (
    <form
      ref={form}
      className="stack gap-2 panel-part"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p aria-hidden="true" className="field-label">
        {words.network.kind}
      </p>
      <Choices
        label={words.network.kind}
        value={draft.kind}
        onValue={(kind) => {
          setDraft({ ...draft, kind });
        }}
        options={KINDS.map((value) => ({ value, label: words.network.kinds[value] }))}
      />
      <TextField {...line} label={words.network.host} name="proxy-host" required value={draft.host} error={errors.host} onValue={edit("host")} />
      <TextField
        {...line}
        label={words.network.port}
        name="proxy-port"
        inputMode="numeric"
        required
        value={draft.port}
        error={errors.port}
        onValue={edit("port")}
      />
      <TextField
        {...line}
        label={words.network.exceptions}
        name="proxy-exceptions"
        hint={words.network.exceptionsHint}
        value={draft.exceptions}
        onValue={edit("exceptions")}
      />
      <TextField
        {...line}
        label={words.network.user}
        name="proxy-user"
        hint={words.network.userHint}
        value={draft.user}
        onValue={edit("user")}
      />
      {draft.user.trim() && (
        <PasswordField
          label={words.network.password}
          name="proxy-password"
          autoComplete="off"
          hint={network.password_kept ? words.network.passwordKept : words.network.passwordHint}
          value={draft.password}
          onValue={edit("password")}
        />
      )}
      <FailureNote failure={failure} />
      <div className="panel-buttons">
        <Button look="primary" type="submit" pending={action.pending}>
          {words.network.saveProxy}
        </Button>
      </div>
    </form>
  );
}
