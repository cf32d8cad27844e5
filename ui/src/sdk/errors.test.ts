import { describe, expect, test } from "vitest";

import { refusal, UNREACHABLE, unreachable } from "../testing/fixtures";
import { ApiResponseError, intent, isClerkAPIResponseError, toApiResponseError } from "./errors";

describe("what an instance refuses", () => {
  const error = toApiResponseError(
    refusal("form_identifier_exists", "email_address", { status: 422, retry_after_seconds: 7 }),
  );

  test("has the shape that code written for Clerk's SDKs looks for", () => {
    expect(isClerkAPIResponseError(error)).toBe(true);
    expect(error).toMatchObject({
      clerkError: true,
      name: "ClerkAPIResponseError",
      status: 422,
      clerkTraceId: "3f2a9c1b7d",
      retryAfter: 7,
      errors: [
        {
          code: "form_identifier_exists",
          longMessage: "The instance says form_identifier_exists.",
          meta: { paramName: "email_address" },
        },
      ],
    });
  });

  test("is made once", () => {
    expect(toApiResponseError(error)).toBe(error);
  });
});

test("an error that no instance reported still has one entry", () => {
  const error = toApiResponseError(unreachable());
  expect(error).toMatchObject({ kind: "network", status: 0, clerkTraceId: undefined, retryAfter: undefined });
  expect(error.errors).toEqual([
    {
      code: "network",
      message: UNREACHABLE,
      longMessage: UNREACHABLE,
      meta: {},
    },
  ]);
});

test("whose session is signed in already is said in meta", () => {
  const meta = { session_id: "sess_1" };
  expect(toApiResponseError(refusal("identifier_already_signed_in", null, { meta })).errors[0]?.meta).toEqual({
    sessionId: "sess_1",
  });
});

test.each([
  [new Error("It broke."), "It broke."],
  ["It broke.", "It broke."],
  [undefined, "The app did not answer as expected. Try again."],
  [{}, "The app did not answer as expected. Try again."],
])("%j becomes the one error type as well", (value, message) => {
  const error = toApiResponseError(value);
  expect(error).toBeInstanceOf(ApiResponseError);
  expect(error).toMatchObject({ kind: "protocol", message });
});

test("intent lets answers through and makes the one error type of refusals", async () => {
  await expect(intent(Promise.resolve(5))).resolves.toBe(5);
  await expect(intent(Promise.reject(unreachable()))).rejects.toBeInstanceOf(ApiResponseError);
});

test.each([[new Error("other")], [{ clerkError: true }], [null]])("%j is none of ours", (value) => {
  expect(isClerkAPIResponseError(value)).toBe(false);
});
