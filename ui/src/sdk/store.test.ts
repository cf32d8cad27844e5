import { describe, expect, test, vi } from "vitest";

import type { Bridge } from "../bridge/commands";
import type { Snapshot } from "../bridge/Snapshot";
import { localInstance, remoteInstance, session, snapshot } from "../testing/fixtures";
import { held, StandIn } from "../testing/stand-in";
import { share } from "./sharing";
import { NOTHING_YET, SnapshotStore } from "./store";

async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve);
  });
}

describe("the store", () => {
  test("has nothing until the app has answered", async () => {
    const app = new StandIn(snapshot([localInstance()]));
    const store = new SnapshotStore(app.bridge);
    expect(store.getSnapshot()).toBe(NOTHING_YET);
    const stop = store.start();
    await settled();
    expect(store.getSnapshot()).toEqual(app.snapshot);
    stop();
  });

  test("listens before it asks, so that no change falls between", async () => {
    const order: string[] = [];
    const app = new StandIn(snapshot());
    const bridge: Bridge = {
      ...app.bridge,
      app: ((request) => {
        order.push("asks");
        return app.bridge.app(request);
      }),
      onSnapshot: (listener) => {
        order.push("listens");
        return app.bridge.onSnapshot(listener);
      },
    };
    new SnapshotStore(bridge).start();
    await settled();
    expect(order).toEqual(["listens", "asks"]);
  });

  test("drops a snapshot that is older than the one shown", async () => {
    const app = new StandIn(snapshot([], { revision: 7 }));
    const answer = held<Snapshot>();
    app.on("app.snapshot", () => answer.promise);
    const store = new SnapshotStore(app.bridge);
    store.start();
    await settled();
    app.change({ status: "loading" });
    expect(store.getSnapshot()).toMatchObject({ revision: 8, status: "loading" });
    // The answer was written before that change, and comes after it.
    answer.answer(snapshot([], { revision: 7 }));
    await settled();
    expect(store.getSnapshot()).toMatchObject({ revision: 8, status: "loading" });
  });

  test("hears nothing more once stopped", async () => {
    const app = new StandIn(snapshot());
    const store = new SnapshotStore(app.bridge);
    const stop = store.start();
    await settled();
    stop();
    const before = store.getSnapshot();
    app.change({ status: "loading" });
    expect(store.getSnapshot()).toBe(before);
  });

  test("stopped before it could listen, it hears nothing either", async () => {
    const app = new StandIn(snapshot());
    const store = new SnapshotStore(app.bridge);
    store.start()();
    await settled();
    app.change({ status: "loading" });
    expect(store.getSnapshot()).toBe(NOTHING_YET);
  });

  test("tells its listeners of changes only, until they leave", () => {
    const store = new SnapshotStore(new StandIn(snapshot()).bridge, snapshot());
    const told = vi.fn<() => void>();
    const leave = store.subscribe(told);
    store.accept(snapshot());
    expect(told).not.toHaveBeenCalled();
    store.accept(snapshot([], { revision: 2 }));
    expect(told).toHaveBeenCalledTimes(1);
    leave();
    store.accept(snapshot([], { revision: 3 }));
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("keeps the parts that did not change", () => {
    const store = new SnapshotStore(
      new StandIn(snapshot()).bridge,
      snapshot([localInstance([session()]), remoteInstance()]),
    );
    const before = store.getSnapshot();
    store.accept(snapshot([localInstance([session()]), remoteInstance([], { status: "degraded" })], { revision: 2 }));
    const after = store.getSnapshot();
    expect(after.instances[0]).toBe(before.instances[0]);
    expect(after.instances[1]).not.toBe(before.instances[1]);
    expect(after.instances[1]?.environment).toBe(before.instances[1]?.environment);
  });

  test("that cannot read the state says so in the console, and keeps what it has", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const app = new StandIn(snapshot()).on("app.snapshot", () => {
      throw new Error("No answer.");
    });
    const store = new SnapshotStore(app.bridge);
    store.start();
    await settled();
    expect(said).toHaveBeenCalledWith("The app's state could not be read.", expect.any(Error));
    expect(store.getSnapshot()).toBe(NOTHING_YET);
  });
});

describe("share", () => {
  test.each([
    [{ a: 1, b: [1, 2, { c: null }] }],
    [[1, "2", null, true]],
    ["text"],
    [null],
  ])("gives back the first of two equal values: %j", (value) => {
    expect(share(value, structuredClone(value))).toBe(value);
  });

  test.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, {}],
    [{}, { a: 1 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, { b: 1 }],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [[], {}],
    [null, {}],
    [{ a: null }, { a: {} }],
  ])("of %j and %j gives the second's content", (before, after) => {
    expect(share<unknown>(before, after)).toEqual(after);
    expect(share<unknown>(before, after)).not.toBe(before);
  });

  test("keeps what is equal inside what is not", () => {
    const before = { same: { deep: [1] }, other: 1 };
    const merged = share(before, { same: { deep: [1] }, other: 2 });
    expect(merged.same).toBe(before.same);
  });

  test("changes neither of the two", () => {
    const before = Object.freeze({ a: Object.freeze({ b: 1 }), c: 1 });
    const after = Object.freeze({ a: Object.freeze({ b: 1 }), c: 2 });
    expect(share<unknown>(before, after)).toEqual({ a: { b: 1 }, c: 2 });
  });
});
