import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { NetworkView } from "../../bridge/NetworkView";
import { desk } from "../../testing/desk";
import { cannot, localInstance, remoteInstance, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, NETWORK, type StandIn } from "../../testing/stand-in";

/** Settings over a network that changes as it is told. */
async function open(start: Partial<NetworkView> = {}, change: (app: StandIn) => void = () => undefined) {
  let network: NetworkView = { ...NETWORK, ...start };
  const app = desk(snapshot([localInstance(), remoteInstance()]));
  app.on("app.network", () => network);
  app.on("app.set_proxy", ({ proxy }) => (network = { ...network, choice: proxy as NetworkView["choice"] }));
  app.on("app.remove_authority", ({ fingerprint }) => {
    const authorities = network.authorities.filter((authority) => authority.fingerprint !== fingerprint);
    return (network = { ...network, authorities });
  });
  change(app);
  const user = await openApp(app, [{ name: "settings" }]);
  const panel = within(screen.getByRole("region", { name: "Network" }));
  return { app, user, panel };
}

const ROOT = { fingerprint: "ab12", subject: "Harbour Works Root", expires_at: Date.UTC(2035, 0, 1, 12), expired: false };

describe("what is in use", () => {
  test("is said, and who named it", async () => {
    const proxy = { address: "http://proxy.example:3128", variable: null, exceptions: ".harbour.example" };
    const { panel } = await open({ proxy: { ...proxy, source: "desktop" } });
    expect(panel.getByText("In use: http://proxy.example:3128")).toBeInTheDocument();
    expect(panel.getByText("The settings of your desktop name it.")).toBeInTheDocument();
    expect(panel.getByText("Reached without it: .harbour.example")).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("names the variable where one says so", async () => {
    const { panel } = await open({
      proxy: { address: "http://proxy.example:3128", source: "environment", variable: "HTTPS_PROXY", exceptions: "" },
    });
    expect(panel.getByText("The variable HTTPS_PROXY names it.")).toBeInTheDocument();
  });

  test.each([
    ["http://net.example/proxy.pac", /names a PAC file to choose the proxy: http:\/\/net\.example\/proxy\.pac/],
    ["", /has the network itself name a PAC file/],
  ])("names a PAC file %s and says that it is not run", async (script, said) => {
    const { panel } = await open({ script });
    expect(panel.getByText("A PAC file is configured")).toBeInTheDocument();
    expect(panel.getByText(said)).toBeInTheDocument();
    expect(panel.getByText(/Frontdesk does not run such files/)).toBeInTheDocument();
  });

  test("that cannot be asked for says why, and is asked for again", async () => {
    let calls = 0;
    const { panel, user } = await open({}, (app) => {
      app.on("app.network", () => {
        calls += 1;
        if (calls === 1) throw cannot("refused", "request_unknown");
        return NETWORK;
      });
    });
    expect(panel.getByText(/Frontdesk does not know this request/)).toBeInTheDocument();
    await user.click(panel.getByRole("button", { name: "Try again" }));
    expect(await panel.findByText("No proxy is in use.")).toBeInTheDocument();
  });
});

describe("the proxy", () => {
  test("is left at once, by the keyboard as well", async () => {
    const { app, panel, user } = await open();
    panel.getByRole("radio", { name: "As the system says" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(panel.getByRole("radio", { name: "No proxy" })).toHaveFocus();
    await user.keyboard(" ");
    expect(app.asked("app.set_proxy")).toEqual([{ type: "set_proxy", proxy: { type: "direct" } }]);
    expect(panel.getByRole("radio", { name: "No proxy" })).toBeChecked();
    expect(panel.getByText("The proxy was changed.")).toHaveAttribute("role", "status");
  });

  test("of one's own is set by its form, with a password that does not come back", async () => {
    const { app, panel, user } = await open();
    await user.click(panel.getByRole("radio", { name: "A proxy of your own" }));
    expect(app.asked("app.set_proxy")).toEqual([]);
    await user.click(panel.getByRole("radio", { name: "SOCKS 5" }));
    await user.type(panel.getByLabelText("Host"), "proxy.example");
    await user.type(panel.getByLabelText("Port"), "1080");
    await user.type(panel.getByLabelText("Reached without it"), ".harbour.example");
    await user.type(panel.getByLabelText("Your name at the proxy"), "ada");
    await user.type(panel.getByLabelText("Password at the proxy"), "lantern");
    await expectNoAxeFindings();
    await user.click(panel.getByRole("button", { name: "Use this proxy" }));
    const proxy = {
      type: "manual",
      kind: "socks5",
      host: "proxy.example",
      port: 1080,
      exceptions: ".harbour.example",
      user: "ada",
    };
    expect(app.asked("app.set_proxy")).toEqual([{ type: "set_proxy", proxy, password: "lantern" }]);
    expect(await panel.findByText("The proxy was changed.")).toBeInTheDocument();
    expect(panel.getByLabelText("Password at the proxy")).toHaveValue("");
  });

  test("that is kept keeps its password where none is typed", async () => {
    const choice = { type: "manual", kind: "http", host: "proxy.example", port: 3128, exceptions: "", user: "ada" } as const;
    const { app, panel, user } = await open({ choice, password_kept: true });
    expect(panel.getByText("One is kept. Leave this empty to keep it.")).toBeInTheDocument();
    await user.type(panel.getByLabelText("Reached without it"), ".test");
    await user.click(panel.getByRole("button", { name: "Use this proxy" }));
    expect(app.asked("app.set_proxy")).toEqual([{ type: "set_proxy", proxy: { ...choice, exceptions: ".test" } }]);
  });

  test.each([["", "3128"], ["proxy.example", ""], ["proxy.example", "0"], ["proxy.example", "70000"], ["proxy.example", "x"]])(
    "with host “%s” and port “%s” is not sent",
    async (host, port) => {
      const { app, panel, user } = await open();
      await user.click(panel.getByRole("radio", { name: "A proxy of your own" }));
      if (host) await user.type(panel.getByLabelText("Host"), host);
      if (port) await user.type(panel.getByLabelText("Port"), port);
      await user.click(panel.getByRole("button", { name: "Use this proxy" }));
      expect(app.asked("app.set_proxy")).toEqual([]);
      expect(panel.getByLabelText(host ? "Port" : "Host")).toHaveFocus();
      expect(panel.getByLabelText(host ? "Port" : "Host")).toBeInvalid();
    },
  );

  test("that the app refuses says why, and the choice goes back", async () => {
    const { panel, user } = await open({}, (app) => {
      app.on("app.set_proxy", () => {
        throw cannot("refused", "preferences_unwritable", "the disk is full");
      });
    });
    await user.click(panel.getByRole("radio", { name: "No proxy" }));
    expect(await panel.findByRole("alert")).toHaveTextContent(/^The settings could not be saved.*the disk is full/);
    expect(panel.getByRole("radio", { name: "As the system says" })).toBeChecked();
  });
});

describe("authorities", () => {
  test("are shown with their end, and removed", async () => {
    const old = { ...ROOT, fingerprint: "cd34", subject: "Old Root", expires_at: Date.UTC(2020, 0, 1, 12), expired: true };
    const { app, panel, user } = await open({ authorities: [ROOT, old] });
    expect(panel.getByText(/^Counts until .*2035/)).toBeInTheDocument();
    expect(panel.getByText(/^Expired on .*2020/)).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(panel.getByRole("button", { name: "Trust Old Root no longer" }));
    expect(app.asked("app.remove_authority")).toEqual([{ type: "remove_authority", fingerprint: "cd34" }]);
    await waitFor(() => {
      expect(panel.queryByText("Old Root")).toBeNull();
    });
    expect(panel.getByText("Harbour Works Root")).toBeInTheDocument();
  });

  test("are added from a file that the app has picked", async () => {
    const answer = held<NetworkView>();
    const { app, panel, user } = await open({}, (app) => app.on("app.add_authorities", () => answer.promise));
    expect(panel.getByText("There are none.")).toBeInTheDocument();
    await user.click(panel.getByRole("button", { name: "Add a CA file" }));
    expect(app.asked("app.add_authorities")).toEqual([{ type: "add_authorities" }]);
    await outside(() => {
      answer.answer({ ...NETWORK, authorities: [ROOT] });
    });
    expect(panel.getByText("Harbour Works Root")).toBeInTheDocument();
  });

  test.each([
    ["authority_unreadable", "permission denied", /^This file cannot be read.*\(permission denied\)/],
    ["authority_too_large", null, /^This file is larger than/],
    ["authority_damaged", null, /^This file is damaged/],
    ["authority_private_key", null, /^This file holds a private key/],
    ["authority_none", null, /^This file holds no certificate in PEM/],
    ["authority_not_one", "mail.example", /^The certificate of mail\.example is not an authority's/],
    ["authority_expired", "Old Root", /^The certificate of Old Root has expired/],
    ["authority_unusable", "Odd Root: bad name", /^A certificate in this file cannot be used.*\(Odd Root: bad name\)/],
  ] as const)("of a file that is of no use are refused with the reason: %s", async (reason, detail, said) => {
    const { panel, user } = await open({}, (app) => {
      app.on("app.add_authorities", () => {
        throw cannot("refused", reason, detail);
      });
    });
    await user.click(panel.getByRole("button", { name: "Add a CA file" }));
    expect(await panel.findByRole("alert")).toHaveTextContent(said);
    expect(panel.getByText("There are none.")).toBeInTheDocument();
  });
});

describe("an instance", () => {
  test("is reached", async () => {
    const { app, panel, user } = await open();
    await user.click(panel.getByRole("button", { name: "Reach Harbour Works" }));
    expect(app.asked("instance.reload")).toEqual([{ type: "reload", instance: "remote" }]);
    expect(await panel.findByText("Harbour Works was reached.")).toBeInTheDocument();
    expect(panel.queryByRole("button", { name: /This computer/ })).toBeNull();
  });

  test.each([
    ["proxy_unreachable", /^The proxy on the way to .* cannot be reached/],
    ["proxy_wants_password", /wants a name and a password/],
    ["proxy_refused", /^The proxy does not lead to/],
    ["issuer_not_trusted", /issued by Harbour Works Root.*add its CA file in Settings, Network/],
    ["name_not_found", /^No computer of the name/],
    ["network_wants_sign_in", /This network probably wants you to sign in first/],
  ] as const)("that is not reached says why: %s", async (reason, said) => {
    const { panel, user } = await open({}, (app) => {
      app.on("instance.reload", () => {
        throw cannot("network", reason, "Harbour Works Root");
      });
    });
    await user.click(panel.getByRole("button", { name: "Reach Harbour Works" }));
    expect(await panel.findByRole("alert")).toHaveTextContent(said);
  });
});
