import { desk } from "../../testing/desk";
import { localInstance, NOW, outboxMessage, remoteInstance, snapshot, unreachable } from "../../testing/fixtures";
import { held, type StandIn } from "../../testing/stand-in";
import type { PreviewState } from "../state";

function outbox(id: string, app: () => StandIn): PreviewState {
  return { id, app, initial: [{ name: "outbox" }] };
}

const SIGNED_UP = outboxMessage();
const NOTICE = outboxMessage({
  id: "msg_2",
  code: null,
  subject: "A new device signed in to your account",
  body: "Hello,\n\nsomebody signed in to your account from Frontdesk 0.1.0 on Linux.\n\nIf this was not you, change your password.",
});
const MANY = Array.from({ length: 20 }, (_, index) =>
  outboxMessage({
    id: `msg_${index}`,
    code: String(100_000 + index * 41_731),
    created_at: NOW - index * 3_600_000,
    to:
      index === 1
        ? "maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example"
        : `person${index}@example.com`,
  }),
);

export const OUTBOX_STATES: PreviewState[] = [
  outbox("outbox-empty", () => desk()),
  outbox("outbox-loading", () => desk().on("instance.outbox", () => held().promise)),
  outbox("outbox", () => desk().on("instance.outbox", () => [SIGNED_UP, NOTICE])),
  outbox("outbox-many", () => desk().on("instance.outbox", () => MANY)),
  outbox("outbox-failed", () =>
    desk().on("instance.outbox", () => {
      throw unreachable();
    }),
  ),
  outbox("outbox-error", () =>
    desk(snapshot([localInstance([], { status: "error", client: null, environment: null })])),
  ),
  outbox("outbox-none", () => desk(snapshot([remoteInstance()]))),
];
