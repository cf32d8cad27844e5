import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { desk } from "../testing/desk";
import { NOW, refusal, snapshot } from "../testing/fixtures";
import { pass, renderAt, stopClock } from "../testing/render";
import { toApiResponseError } from "../sdk/errors";
import { en } from "../words/en";
import { plainFailure } from "./failure";
import { FailureNote } from "./FailureNote";

test("the wait that an instance asks for is counted down", async () => {
  stopClock(NOW);
  const refused = refusal("too_many_requests", null, { status: 429, retry_after_seconds: 17 });
  const failure = plainFailure(toApiResponseError(refused), en);
  await renderAt(desk(snapshot()), <FailureNote failure={failure} />);
  expect(screen.getByRole("alert")).toHaveTextContent("Wait 17 s and try again.");
  expect(screen.getByText("You can try again in 17 s.")).toBeVisible();
  await pass(16_000);
  expect(screen.getByText("You can try again in 1 s.")).toBeVisible();
  await pass(1_000);
  expect(screen.getByText("You can try again now.")).toBeVisible();
});

test("a failure without a wait counts nothing down", async () => {
  const failure = plainFailure(toApiResponseError(refusal("internal_error")), en);
  await renderAt(desk(snapshot()), <FailureNote failure={failure} />);
  expect(screen.queryByText(/You can try again/)).toBeNull();
});
