import { useEffect, useEffectEvent, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useInSight } from "../../app/in-sight";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { ComputerIcon } from "../../primitives/icons";
import { Skeleton } from "../../primitives/Skeleton";
import { toApiResponseError } from "../../sdk/errors";
import type { SessionResource } from "../../sdk/resources/session";
import type { SessionWithActivitiesResource, UserResource } from "../../sdk/resources/user";
import { useDates, useWords } from "../../words/words";

type Devices =
  | { state: "loading" }
  | { state: "ready"; sessions: SessionWithActivitiesResource[] }
  | { state: "failed"; failure: Failure };

/** Where this account is signed in now, this device first, and the way to sign out elsewhere. */
export function DevicesPanel({
  user,
  session,
  instance,
}: {
  user: UserResource;
  session: SessionResource;
  instance: InstanceView;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState("");
  const [devices, setDevices] = useState<Devices>({ state: "loading" });
  const [round, setRound] = useState(0);
  const inSight = useInSight();

  // The user is a new object at every change of the snapshot; that alone is no reason to ask again.
  const ask = useEffectEvent(() => user.getSessions());
  const explain = useEffectEvent((error: unknown) =>
    plainFailure(toApiResponseError(error), words),
  );
  useEffect(() => {
    // Asked in the session's name, as nothing is while nobody looks.
    if (!inSight) return;
    let stale = false;
    ask().then(
      (sessions) => {
        if (!stale) setDevices({ state: "ready", sessions });
      },
      (error: unknown) => {
        if (!stale) setDevices({ state: "failed", failure: explain(error) });
      },
    );
    return () => {
      stale = true;
    };
  }, [round, inSight]);

  const signOut = (sessions: SessionWithActivitiesResource[], done: string) => {
    if (action.busy) return;
    setFailure(null);
    setSaid("");
    const settle = () => {
      setRound((value) => value + 1);
    };
    action.run(() => verified(() => Promise.all(sessions.map((device) => device.revoke()))), {
      done: () => {
        setSaid(done);
        settle();
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
        settle();
      },
    });
  };

  switch (devices.state) {
    case "loading":
      return <Skeleton height={44} />;
    case "failed":
      return (
        <FailureNote
          failure={devices.failure}
          action={
            <Button
              onClick={() => {
                setDevices({ state: "loading" });
                setRound(round + 1);
              }}
            >
              {words.actions.retry}
            </Button>
          }
        />
      );
    case "ready": {
      const here = devices.sessions.filter(({ id }) => id === session.id);
      const elsewhere = devices.sessions.filter(({ id }) => id !== session.id);
      if (devices.sessions.length === 0) return <p>{words.account.devicesEmpty}</p>;
      return (
        <>
          <ul className="devices">
            {[...here, ...elsewhere].map((device) => (
              <Device
                key={device.id}
                device={device}
                here={device.id === session.id}
                onSignOut={(what) => {
                  signOut([device], words.account.deviceSignedOut(what));
                }}
              />
            ))}
          </ul>
          <p role="status" className={said ? "quiet" : "only-read-aloud"}>
            {said}
          </p>
          <FailureNote failure={failure} />
          <WaitingNote instance={instance} action={action} />
          {elsewhere.length > 1 && (
            <div className="panel-buttons">
              <Button
                pending={action.pending}
                onClick={() => {
                  signOut(elsewhere, words.account.othersSignedOut);
                }}
              >
                {words.account.signOutOthers}
              </Button>
            </div>
          )}
        </>
      );
    }
  }
}

function Device({
  device,
  here,
  onSignOut,
}: {
  device: SessionWithActivitiesResource;
  here: boolean;
  onSignOut: (what: string) => void;
}) {
  const words = useWords();
  const dates = useDates();
  const { browserName, browserVersion, deviceType, city, country, ipAddress } =
    device.latestActivity;
  const browser = [browserName, browserVersion].filter(Boolean).join(" ");
  const what = [browser, deviceType].filter(Boolean).join(", ") || words.account.unknownDevice;
  const where = [city, country, ipAddress].filter(Boolean).join(", ");
  return (
    <li className="device">
      <ComputerIcon />
      <div className="device-words">
        <p className="fact-line">
          <span>{what}</span>
          {here && <span className="badge">{words.account.thisDevice}</span>}
        </p>
        <p className="quiet tabular">
          {words.account.lastActive} {dates.dateTime(device.lastActiveAt)}
          {where && ` · ${where}`}
        </p>
      </div>
      {!here && (
        <Button
          aria-label={words.account.signOutDeviceOf(what)}
          onClick={() => {
            onSignOut(what);
          }}
        >
          {words.account.signOutDevice}
        </Button>
      )}
    </li>
  );
}
