import { expect, test } from "vitest";

import { EACH_STATE, expectAllWell } from "../testing/states";
import { STATES } from "./states";

test("every state has an address of its own", () => {
  const ids = STATES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(EACH_STATE)("%s: axe finds nothing", async (_id, state) => {
  await expectAllWell(state, "en");
});
