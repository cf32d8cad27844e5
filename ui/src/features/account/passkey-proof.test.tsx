import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { InstancePasskeys } from "../../bridge/InstancePasskeys";
import type { SessionReverification } from "../../bridge/SessionReverification";
import { desk } from "../../testing/desk";
import { cannot, ceremony, LOCAL, localInstance, NOW, passkey, refusal, reverification, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const KEY = { instance: LOCAL, session: session().id };
const PIER = passkey({ id: "idn_k1", name: "Pier", created_at: NOW });
const BOTH = [{ strategy: "password" }, { strategy: "passkey" }];
const done = () => reverification({ status: "complete" });

/** Ada with a passkey, of whom a fresh proof is wanted before it is deleted. */
function ada(factors: SessionReverification["supported_first_factors"] = BOTH, at: Partial<InstancePasskeys> = {}) {
  const here = session();
  const user = here.user && { ...here.user, passkeys: [PIER] };
  const there = { obstacle: null, sign_in_button: true, here: [], made_with: [], ...at };
  const app = desk(snapshot([localInstance([{ ...here, user }], { passkeys: there })]));
  let proven = false;
  const prove = () => {
    proven = true;
    return done();
  };
  app
    .on("account.delete_passkey", () => {
      if (!proven) throw refusal("session_reverification_required", null, { status: 403 });
      return null;
    })
    .on("session.start_verification", () => reverification({ supported_first_factors: factors }))
    .on("session.verify_with_passkey", prove)
    .on("session.attempt_first_factor_verification", prove);
  return app;
}

async function ask(app: StandIn) {
  const user = await openApp(app, [{ name: "manage", instance: LOCAL }]);
  await user.click(screen.getByRole("button", { name: "Delete Pier" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Confirm that it is you" }));
  return { user, dialog };
}

/** What was refused is done once more, and once. */
async function expectDone(app: StandIn) {
  expect(await screen.findByText("The passkey Pier was deleted.")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(app.asked("account.delete_passkey")).toHaveLength(2);
}

describe("a fresh proof by a passkey", () => {
  test("is offered beside the password, and what was refused is done after it", async () => {
    const app = ada();
    const { user, dialog } = await ask(app);
    expect(await dialog.findByLabelText("Password")).toHaveFocus();
    // There is nothing else to choose from.
    expect(dialog.queryByRole("button", { name: "Use another way" })).toBeNull();
    await expectNoAxeFindings();
    await user.dblClick(dialog.getByRole("button", { name: "Use a passkey" }));
    await expectDone(app);
    expect(app.asked("session.verify_with_passkey")).toEqual([
      { type: "verify_with_passkey", account: KEY, authenticator: "this_device" },
    ]);
  });

  test("is begun with where there is nothing else", async () => {
    const app = ada([{ strategy: "passkey" }]);
    const { user, dialog } = await ask(app);
    expect(await dialog.findByText("Use a passkey of this account.")).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Use a passkey" })).toHaveFocus();
    await expectNoAxeFindings();
    expect(app.asked("session.verify_with_passkey")).toEqual([]);
    await user.keyboard("{Enter}");
    await expectDone(app);
  });

  test("asks where the passkey is when several places can be used", async () => {
    const app = ada().on("app.authenticators", () => [
      { kind: "this_device", unready: null },
      { kind: "security_key", unready: { type: "no_answer" } },
    ]);
    const { user, dialog } = await ask(app);
    await user.click(await dialog.findByRole("button", { name: "Use a passkey" }));
    const chooser = within(await screen.findByRole("dialog", { name: "Where is the passkey?" }));
    await expectNoAxeFindings();
    await user.click(chooser.getByRole("button", { name: "Cancel" }));
    expect(app.asked("session.verify_with_passkey")).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Use a passkey" }));
    const again = within(await screen.findByRole("dialog", { name: "Where is the passkey?" }));
    await user.click(again.getByRole("button", { name: "Security key" }));
    await expectDone(app);
    expect(app.asked("session.verify_with_passkey").map(({ authenticator }) => authenticator)).toEqual(["security_key"]);
  });

  test("that is turned back from says nothing and leaves the other ways", async () => {
    const answer = held();
    const app = ada().on("session.verify_with_passkey", () => answer.promise);
    const { user, dialog } = await ask(app);
    await user.click(await dialog.findByRole("button", { name: "Use a passkey" }));
    await outside(() => app.hold(ceremony({ type: "touch" }, { purpose: { type: "verify", account: KEY } })));
    const touch = within(screen.getByRole("dialog", { name: "Confirm with a passkey" }));
    await expectNoAxeFindings();
    await user.click(touch.getByRole("button", { name: "Cancel" }));
    expect(app.asked("app.cancel_passkey")).toHaveLength(1);
    await outside(() => answer.refuse(cannot("refused", "passkey_cancelled")));
    expect(dialog.queryByRole("alert")).toBeNull();
    expect(dialog.getByRole("button", { name: "Use a passkey" })).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Use another way" }));
    await user.click(dialog.getByRole("button", { name: "Use your password" }));
    await user.type(await dialog.findByLabelText("Password"), "correct horse{Enter}");
    await expectDone(app);
  });

  test("that nothing came of is said, and can be tried again", async () => {
    const app = ada();
    app.on("session.verify_with_passkey", () => {
      throw refusal("passkey_authentication_failure", null, { status: 400 });
    });
    const { user, dialog } = await ask(app);
    await user.click(await dialog.findByRole("button", { name: "Use a passkey" }));
    expect(await dialog.findByRole("alert")).toBeInTheDocument();
    await expectNoAxeFindings();
    app.on("account.delete_passkey", () => null).on("session.verify_with_passkey", done);
    await user.click(dialog.getByRole("button", { name: "Use a passkey" }));
    await expectDone(app);
  });

  test("whose attempt ran out is begun anew", async () => {
    const app = ada();
    app.on("session.verify_with_passkey", () => {
      throw refusal("session_reverification_missing", null, { status: 400 });
    });
    const { user, dialog } = await ask(app);
    await user.click(await dialog.findByRole("button", { name: "Use a passkey" }));
    await waitFor(() => expect(app.asked("session.start_verification")).toHaveLength(2));
    expect(await dialog.findByLabelText("Password")).toBeInTheDocument();
  });

  test("goes on with the second factor where both are wanted", async () => {
    const app = ada();
    const factors = [{ strategy: "totp" }];
    app.on("session.verify_with_passkey", () =>
      reverification({ status: "needs_second_factor", supported_second_factors: factors }),
    );
    const { user, dialog } = await ask(app);
    await user.click(await dialog.findByRole("button", { name: "Use a passkey" }));
    expect(await dialog.findByLabelText("Verification code")).toBeInTheDocument();
    expect(dialog.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  });

  test("is not offered where this app can use none", async () => {
    const { dialog } = await ask(ada(BOTH, { obstacle: "insecure" }));
    await dialog.findByLabelText("Password");
    expect(dialog.queryByRole("button", { name: "Use a passkey" })).toBeNull();
    expect(dialog.queryByRole("button", { name: "Use another way" })).toBeNull();
  });
});
