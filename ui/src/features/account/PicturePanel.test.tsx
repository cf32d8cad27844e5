import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import type { SessionView } from "../../bridge/SessionView";
import { desk } from "../../testing/desk";
import {
  LOCAL,
  localInstance,
  PICTURE,
  problem,
  refusal,
  remoteInstance,
  session,
  snapshot,
  UNREACHABLE,
  unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const HANGING = "http://127.0.0.1:47113/v1/images/img_9";
const PNG = "\x89PNG\r\n\x1a\n and what makes it a picture";

function ada(image_url: string | null = null): SessionView {
  const here = session();
  return { ...here, user: here.user && { ...here.user, has_image: image_url !== null, image_url } };
}

const KEY = { instance: LOCAL, session: ada().id };

async function open(app: StandIn = desk(snapshot([localInstance([ada()])]))) {
  return { app, user: await openApp(app, [{ name: "manage", instance: LOCAL }]) };
}

function file(letters = PNG, name = "ada.png", type = "image/png"): File {
  return new File([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))], name, { type });
}

function field(): HTMLInputElement {
  return screen.getByLabelText<HTMLInputElement>("Choose a picture", { selector: "input" });
}

/** The pictures that are drawn in a part of the window. */
function drawn(part: HTMLElement): number {
  return part.querySelectorAll("canvas").length;
}

test("is chosen, seen everywhere, and removed again", async () => {
  const { app, user } = await open();
  expect(screen.queryByRole("button", { name: "Remove picture" })).toBeNull();
  await user.upload(field(), file());
  expect(await screen.findByText("The picture was changed.")).toBeInTheDocument();
  expect(app.asked("account.set_profile_image")).toEqual([
    { type: "set_profile_image", account: KEY, file: `data:image/png;base64,${btoa(PNG)}` },
  ]);
  await waitFor(() => {
    expect(drawn(screen.getByRole("region", { name: "Personal details" }))).toBe(1);
  });
  expect(drawn(screen.getByRole("navigation", { name: "Accounts" }))).toBe(1);
  await expectNoAxeFindings();
  // Both places are the same picture, which is fetched once.
  expect(app.asked("instance.picture")).toEqual([
    { type: "picture", instance: LOCAL, image_url: "http://127.0.0.1:47113/v1/images/img_1" },
  ]);

  await user.click(screen.getByRole("button", { name: "Remove picture" }));
  expect(await screen.findByText("The picture was removed.")).toBeInTheDocument();
  expect(app.asked("account.remove_profile_image")).toEqual([{ type: "remove_profile_image", account: KEY }]);
  expect(screen.getByRole("button", { name: "Choose a picture" })).toHaveFocus();
  expect(drawn(document.body)).toBe(0);
});

test("the button opens the choice of a file", async () => {
  const { user } = await open();
  const opened = vi.fn();
  field().addEventListener("click", opened);
  await user.click(screen.getByRole("button", { name: "Choose a picture" }));
  expect(opened).toHaveBeenCalledTimes(1);
  expect(field().accept).toBe("image/png,image/jpeg,image/webp");
});

describe("a file that cannot be a picture is not sent", () => {
  test.each([
    ["one of another kind, whatever its name", file("GIF89a and more of it"), /^This file is no picture in PNG, JPEG or WebP\./],
    ["an empty one", file(""), /^This file is no picture/],
  ])("%s", async (_what, chosen, sentence) => {
    const { app, user } = await open();
    await user.upload(field(), chosen);
    expect(await screen.findByText(sentence)).toBeInTheDocument();
    expect(app.asked("account.set_profile_image")).toEqual([]);
    await expectNoAxeFindings();
  });

  test("one that is too large", async () => {
    const { app, user } = await open();
    const large = file();
    Object.defineProperty(large, "size", { value: 10 * 1024 * 1024 + 1 });
    await user.upload(field(), large);
    expect(await screen.findByText(/^This picture is too large\./)).toBeInTheDocument();
    expect(app.asked("account.set_profile_image")).toEqual([]);
  });
});

test.each([
  [refusal("image_too_large"), /^This picture is too large\./],
  [refusal("request_body_invalid"), /^This picture is damaged and cannot be read\./],
  [unreachable(), UNREACHABLE],
])("what the instance or the network has against it is said (%#)", async (refused, sentence) => {
  const { app, user } = await open();
  app.on("account.set_profile_image", () => {
    throw refused;
  });
  await user.upload(field(), file("\xff\xd8\xff\xe0 and more", "ada.jpg", "image/jpeg"));
  expect(await screen.findByText(sentence)).toBeInTheDocument();
  await expectNoAxeFindings();
  app.on("account.set_profile_image", () => ({ object: "image", id: "img_1", public_url: null }));
  await user.upload(field(), file("RIFF\x10\x00\x00\x00WEBP and more", "ada.webp", "image/webp"));
  expect(await screen.findByText("The picture was changed.")).toBeInTheDocument();
  expect(screen.queryByText(sentence)).toBeNull();
});

test("one file is sent at a time", async () => {
  const { app, user } = await open();
  const answer = held();
  app.on("account.set_profile_image", () => answer.promise);
  await user.upload(field(), file());
  await waitFor(() => {
    expect(app.asked("account.set_profile_image")).toHaveLength(1);
  });
  const opened = vi.fn();
  field().addEventListener("click", opened);
  await user.click(screen.getByRole("button", { name: /^Choose a picture/ }));
  expect(opened).not.toHaveBeenCalled();
  await outside(() => {
    answer.answer({ object: "image", id: "img_1", public_url: null });
  });
  expect(await screen.findByText("The picture was changed.")).toBeInTheDocument();
});

test("letters stand where there is no picture, and where it is no picture", async () => {
  const app = desk(snapshot([localInstance([ada(HANGING)])])).on("instance.picture", () => ({ ...PICTURE, side: 9 }));
  await openApp(app);
  await waitFor(() => {
    expect(app.asked("instance.picture")).toHaveLength(1);
  });
  expect(drawn(document.body)).toBe(0);
});

test("a picture that did not come is asked for again when its instance answers again", async () => {
  const far = [ada("https://clerk.harbour.example/v1/images/img_9")];
  const app = desk(snapshot([remoteInstance(far)])).on("instance.picture", () => {
    throw unreachable();
  });
  await openApp(app);
  const asked = app.asked("instance.picture").length;
  expect(asked).toBeGreaterThan(0);
  app.on("instance.picture", () => PICTURE);
  await outside(() => {
    app.change({ instances: [remoteInstance(far, { status: "degraded", problem: problem("network_unreachable") })] });
  });
  expect(app.asked("instance.picture")).toHaveLength(asked);
  await outside(() => {
    app.change({ instances: [remoteInstance(far)] });
  });
  await waitFor(() => {
    expect(drawn(screen.getByRole("navigation", { name: "Accounts" }))).toBe(1);
  });
});

test("pixels are drawn as they came", async () => {
  const putImageData = vi.fn();
  vi.stubGlobal(
    "ImageData",
    class {
      constructor(
        readonly data: Uint8ClampedArray,
        readonly width: number,
      ) {}
    },
  );
  const context = vi
    .spyOn(HTMLCanvasElement.prototype, "getContext")
    .mockReturnValue({ putImageData } as unknown as CanvasRenderingContext2D);
  await openApp(desk(snapshot([localInstance([ada(HANGING)])])));
  await waitFor(() => {
    expect(putImageData).toHaveBeenCalled();
  });
  const [image] = putImageData.mock.calls[0] as [{ data: Uint8ClampedArray; width: number }];
  expect([image.width, ...image.data.slice(0, 4)]).toEqual([2, 0x10, 0x60, 0x60, 0xff]);
  expect(within(screen.getByRole("navigation", { name: "Accounts" })).getByRole("button", { current: true })).toHaveAccessibleName(
    /Ada Lovelace/,
  );
  context.mockRestore();
  vi.unstubAllGlobals();
});
