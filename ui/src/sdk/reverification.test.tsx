import { describe, expect, test, vi } from "vitest";

import { refusal, session, snapshot, localInstance } from "../testing/fixtures";
import { outside, renderAt } from "../testing/render";
import { StandIn } from "../testing/stand-in";
import { ApiResponseError } from "./errors";
import {
  isReverificationCancelledError,
  type NeedsReverification,
  ReverificationProvider,
  useReverification,
  type UseReverificationOptions,
} from "./reverification";

const REQUIRED = () => new ApiResponseError(refusal("session_reverification_required", null, { status: 403 }));

/** Wraps a fetcher below somebody who asks, and answers with what comes out of the hook. */
async function wrapped<F extends (...args: never[]) => Promise<unknown>>(
  fetcher: F,
  ask: ((needs: NeedsReverification) => void) | null,
  options?: UseReverificationOptions,
): Promise<F> {
  const out: { current?: F } = {};
  function Reader() {
    keep(out, useReverification(fetcher, options));
    return null;
  }
  await renderAt(
    new StandIn(snapshot([localInstance([session()])])),
    <ReverificationProvider value={ask}>
      <Reader />
    </ReverificationProvider>,
  );
  return out.current!;
}

function keep<T>(out: { current?: T }, value: T): void {
  out.current = value;
}

describe("useReverification", () => {
  test("leaves alone what is not refused, with its arguments and its answer", async () => {
    const ask = vi.fn();
    const double = await wrapped((value: number) => Promise.resolve(value * 2), ask);
    await expect(double(21)).resolves.toBe(42);
    expect(ask).not.toHaveBeenCalled();
  });

  test("asks once and does it again once", async () => {
    const fetcher = vi.fn((what: string) => Promise.resolve(what)).mockRejectedValueOnce(REQUIRED());
    const ask = vi.fn((needs: NeedsReverification) => {
      needs.complete();
    });
    const run = await wrapped(fetcher, ask);
    await expect(run("done")).resolves.toBe("done");
    expect(fetcher.mock.calls).toEqual([["done"], ["done"]]);
    expect(ask).toHaveBeenCalledOnce();
    expect(ask.mock.calls[0]?.[0].level).toBeUndefined();
  });

  test("does not ask a second time where that was not enough", async () => {
    const fetcher = vi.fn(() => Promise.reject(REQUIRED()));
    const ask = vi.fn((needs: NeedsReverification) => {
      needs.complete();
    });
    const run = await wrapped(fetcher, ask);
    await expect(run()).rejects.toMatchObject({ errors: [{ code: "session_reverification_required" }] });
    expect(fetcher).toHaveBeenCalledTimes(2);
    expect(ask).toHaveBeenCalledOnce();
  });

  test("who cancels has it rejected, and nothing is done again", async () => {
    const fetcher = vi.fn(() => Promise.reject(REQUIRED()));
    const run = await wrapped(fetcher, (needs) => {
      needs.cancel();
    });
    const error: unknown = await run().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ clerkError: true, errors: [{ code: "reverification_cancelled" }] });
    expect(isReverificationCancelledError(error)).toBe(true);
    expect(isReverificationCancelledError(REQUIRED())).toBe(false);
    expect(fetcher).toHaveBeenCalledOnce();
  });

  test("any other refusal goes on as it is", async () => {
    const ask = vi.fn();
    const run = await wrapped(() => Promise.reject(new ApiResponseError(refusal("user_locked"))), ask);
    await expect(run()).rejects.toMatchObject({ errors: [{ code: "user_locked" }] });
    expect(ask).not.toHaveBeenCalled();
  });

  test("a handler of one's own takes the place of the dialog", async () => {
    const dialog = vi.fn();
    const fetcher = vi.fn(() => Promise.resolve(1)).mockRejectedValueOnce(REQUIRED());
    const run = await wrapped(fetcher, dialog, {
      onNeedsReverification: ({ complete }) => {
        complete();
      },
    });
    await expect(run()).resolves.toBe(1);
    expect(dialog).not.toHaveBeenCalled();
  });

  test("without anybody who asks it says so", async () => {
    const run = await wrapped(() => Promise.reject(REQUIRED()), null);
    await expect(run()).rejects.toThrow(/dialog above it/);
  });

  const hint = (reverification: unknown) => ({
    clerk_error: { type: "forbidden", reason: "reverification-error", metadata: { reverification } },
  });
  test.each([
    ["a preset", hint("strict_mfa"), "multi_factor"],
    ["a level", hint({ level: "first_factor", afterMinutes: 5 }), "first_factor"],
    ["nothing more", hint(undefined), undefined],
    ["a level that nobody knows", hint({ level: "third_factor" }), undefined],
  ])("the hint of an application's own server counts, with %s", async (_name, answer, level) => {
    for (const first of [answer, new Response(JSON.stringify(answer), { status: 403 })]) {
      const fetcher = vi.fn(() => Promise.resolve<unknown>("done")).mockResolvedValueOnce(first);
      const ask = vi.fn((needs: NeedsReverification) => {
        needs.complete();
      });
      const run = await wrapped(fetcher, ask);
      await expect(run()).resolves.toBe("done");
      expect(ask.mock.calls[0]?.[0].level).toBe(level);
    }
  });

  test("answers that only look alike are answers", async () => {
    const ask = vi.fn();
    for (const answer of [
      null,
      "forbidden",
      { clerk_error: { type: "forbidden", reason: "something" } },
      new Response("no JSON", { status: 403 }),
      new Response(JSON.stringify(hint("strict")), { status: 200 }),
    ]) {
      const run = await wrapped(() => Promise.resolve(answer), ask);
      await expect(run()).resolves.toBe(answer);
    }
    expect(ask).not.toHaveBeenCalled();
  });

  test("the wrapped function stays the same, and calls the newest fetcher", async () => {
    const seen: unknown[] = [];
    const app = new StandIn(snapshot([localInstance([session()])]));
    let draws = 0;
    function Reader() {
      const round = ++draws;
      const run = useReverification(() => Promise.resolve(round));
      seen.push(run);
      return null;
    }
    await renderAt(app, <Reader />);
    await outside(() => {
      app.change({ redirect_url: "x://callback" });
    });
    expect(new Set(seen).size).toBe(1);
  });
});
