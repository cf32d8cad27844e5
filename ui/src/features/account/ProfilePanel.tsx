import { useEffect, useRef, useState } from "react";

import { nameOf, signUpRules } from "../../app/instances";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { spokenPhone } from "../../primitives/phone";
import type { UserResource } from "../../sdk/resources/user";
import { useDates, useWords } from "../../words/words";
import { NameForm } from "./NameForm";

/** Who you are at this instance. */
export function ProfilePanel({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const dates = useDates();
  return (
    <>
      <Name user={user} instance={instance} />
      <dl className="facts">
        {user.emailAddresses.length > 0 && (
          <>
            <dt>{words.account.email}</dt>
            <dd>
              <ul className="stack gap-2">
                {user.emailAddresses.map((address) => (
                  <li key={address.id} className="fact-line">
                    <span>{address.emailAddress}</span>
                    {address.id === user.primaryEmailAddressId && (
                      <span className="badge">{words.account.primary}</span>
                    )}
                    <span className="badge">
                      {address.verification.status === "verified"
                        ? words.account.verified
                        : words.account.unverified}
                    </span>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {user.username && (
          <>
            <dt>{words.account.username}</dt>
            <dd>{user.username}</dd>
          </>
        )}
        {user.phoneNumbers.length > 0 && (
          <>
            <dt>{words.fields.phoneNumber}</dt>
            <dd>
              <ul className="stack gap-2">
                {user.phoneNumbers.map((phone) => (
                  <li key={phone.id} className="fact-line">
                    <span className="tabular">{spokenPhone(phone.phoneNumber)}</span>
                    {phone.id === user.primaryPhoneNumberId && (
                      <span className="badge">{words.account.primaryNumber}</span>
                    )}
                    <span className="badge">
                      {phone.verification.status === "verified" ? words.account.verified : words.account.unverified}
                    </span>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        <dt>{words.account.userId}</dt>
        <dd className="mono">{user.id}</dd>
        {user.createdAt && (
          <>
            <dt>{words.account.since}</dt>
            <dd>{dates.day(user.createdAt)}</dd>
          </>
        )}
        <dt>{words.account.instance}</dt>
        <dd>
          <bdi>{nameOf(instance, words)}</bdi>
        </dd>
        <dt>{words.account.host}</dt>
        <dd className="mono">{instance.host}</dd>
      </dl>
    </>
  );
}

/** The name, in its place to be read and in the same place to be changed. */
export function Name({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const { firstName, lastName, username } = signUpRules(instance);
  const [editing, setEditing] = useState(false);
  const [saved, setSaved] = useState(false);
  const edit = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  const mayEdit = firstName.shown || lastName.shown || username.shown;

  useEffect(() => {
    if (wasEditing.current && !editing) edit.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  if (editing) {
    return (
      <NameForm
        user={user}
        instance={instance}
        onDone={(changed) => {
          setSaved(changed);
          setEditing(false);
        }}
      />
    );
  }
  return (
    <div className="panel-row">
      <dl className="facts">
        <dt>{words.account.name}</dt>
        <dd className={user.fullName ? "" : "quiet"}>
          <bdi>{user.fullName ?? words.account.noName}</bdi>
        </dd>
      </dl>
      <span role="status" className="quiet">
        {saved ? words.account.saved : ""}
      </span>
      {mayEdit && (
        <Button
          ref={edit}
          aria-label={words.account.editName}
          onClick={() => {
            setSaved(false);
            setEditing(true);
          }}
        >
          {words.actions.edit}
        </Button>
      )}
    </div>
  );
}
