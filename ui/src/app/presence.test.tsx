import { fireEvent } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk } from "../testing/desk";
import { localInstance, NOW, session, snapshot } from "../testing/fixtures";
import { openApp, outOfSight, outside, stopClock } from "../testing/render";

const HERE = () => desk(snapshot([localInstance([session()])]));

test("says at the start that the window is in sight, and when it is not any more", async () => {
  const app = HERE();
  await openApp(app);
  expect(app.asked("app.present")).toEqual([{ type: "present", in_sight: true }]);
  const sight = outOfSight();
  await sight.told();
  await sight.back();
  expect(app.asked("app.present").map((request) => request["in_sight"])).toEqual([true, false, true]);
});

test("says that the window is used, and nothing of how, once a minute at most", async () => {
  stopClock(NOW);
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  const app = HERE();
  await openApp(app);
  const use = () => outside(() => fireEvent.keyDown(window, { key: "a" }));
  await use();
  now.mockReturnValue(59_999);
  await use();
  expect(app.asked("app.present")).toHaveLength(1);
  now.mockReturnValue(60_000);
  await use();
  await use();
  expect(app.asked("app.present")).toEqual([
    { type: "present", in_sight: true },
    { type: "present", in_sight: true },
  ]);
});
