import type { ClientView } from "../bridge/ClientView";
import type { EmailAddress } from "../bridge/EmailAddress";
import type { OutboxMessage } from "../bridge/OutboxMessage";
import type { PhoneNumber } from "../bridge/PhoneNumber";
import type { SavedPassword } from "../bridge/SavedPassword";
import type { Snapshot } from "../bridge/Snapshot";
import type { User } from "../bridge/User";
import { BACKUP_CODES, emailAddress, LOCAL, NOW, outboxMessage, passkey, phoneNumber, PICTURE, refusal, session, SIGN_IN, SIGN_UP, snapshot, TOTP } from "./fixtures";
import { type Request, StandIn } from "./stand-in";

/** The code that the desk sends. */
export const CODE = "483920";

/**
 * A {@link StandIn} whose local instance behaves: accounts are created by a code and signed in to by a password or a
 * code, and messages land in the outbox. For previews that can be clicked through, and for tests of whole flows.
 */
export function desk(
  start: Snapshot = snapshot(),
  people: Record<string, string> = { "ada@example.com": "correct horse" },
): StandIn {
  const app = new StandIn(start);
  const outbox: OutboxMessage[] = [];
  let pictures = 0;
  let keys = 0;
  let signUp = SIGN_UP;
  let signIn = SIGN_IN;

  const client = (change: (client: ClientView) => Partial<ClientView>) => {
    const instances = app.snapshot.instances.map((instance) =>
      instance.id === LOCAL && instance.client
        ? { ...instance, client: { ...instance.client, ...change(instance.client) } }
        : instance,
    );
    app.change({ instances });
  };
  const send = (to: string) => {
    outbox.unshift(
      outboxMessage({ id: `msg_${outbox.length + 1}`, to, code: CODE, created_at: NOW + outbox.length }),
    );
  };
  const enter = (email: string, first: string | null, last: string | null) => {
    const opened = session({ email, first, last });
    client(({ sessions }) => ({
      sessions: [...sessions.filter(({ id }) => id !== opened.id), opened],
      sign_in: null,
      sign_up: null,
    }));
    return opened.id;
  };

  app.on("instance.outbox", () => [...outbox]);

  app.on("sign_up.create", ({ fields }) => {
    const { email_address: email, password, first_name, last_name } = fields as Record<string, string>;
    if (!email) throw refusal("form_param_nil", "email_address");
    if (email in people) throw refusal("form_identifier_exists", "email_address");
    people[email] = password ?? "";
    signUp = {
      ...SIGN_UP,
      email_address: email,
      first_name: first_name ?? null,
      last_name: last_name ?? null,
    };
    client(() => ({ sign_up: signUp }));
    return signUp;
  });
  app.on("sign_up.prepare_verification", () => {
    const { email_address: proof } = SIGN_UP.verifications;
    if (!proof) throw new Error("The golden sign-up has no address to prove.");
    const verifications = {
      ...SIGN_UP.verifications,
      email_address: { ...proof, next_action: "needs_attempt" },
    };
    signUp = { ...signUp, verifications };
    send(signUp.email_address ?? "");
    client(() => ({ sign_up: signUp }));
    return signUp;
  });
  app.on("sign_up.attempt_verification", ({ code }) => {
    if (code !== CODE) throw refusal("form_code_incorrect", "code");
    const { email_address: email, first_name, last_name } = signUp;
    const created_session_id = enter(email ?? "", first_name, last_name);
    return { ...signUp, status: "complete", unverified_fields: [], created_session_id };
  });

  app.on("sign_in.create", ({ identifier }) => {
    if (typeof identifier !== "string" || !(identifier in people)) {
      throw refusal("form_identifier_not_found", "identifier");
    }
    signIn = { ...SIGN_IN, identifier };
    client(() => ({ sign_in: signIn }));
    return signIn;
  });
  app.on("sign_in.prepare_first_factor", () => {
    send(signIn.identifier ?? "");
    return signIn;
  });
  app.on("sign_in.attempt_first_factor", ({ strategy, password, code }) => {
    const email = signIn.identifier ?? "";
    if (strategy === "password" && password !== people[email]) {
      throw refusal("form_password_incorrect", "password");
    }
    if (strategy !== "password" && code !== CODE) throw refusal("form_code_incorrect", "code");
    if (strategy === "reset_password_email_code") return { ...signIn, status: "needs_new_password" };
    return { ...signIn, status: "complete", created_session_id: enter(email, "Ada", "Lovelace") };
  });

  app.on("sign_in.reset_password", ({ password }) => {
    const email = signIn.identifier ?? "";
    people[email] = String(password);
    return { ...signIn, status: "complete", created_session_id: enter(email, "Ada", "Lovelace") };
  });

  /** Changes the user behind the account that a request is about, and answers with them. */
  const change = (request: Request, over: (user: User) => Partial<User>): User | null => {
    let changed: User | null = null;
    client(({ sessions }) => ({
      sessions: sessions.map((entry) => {
        if (!isOf(request, entry.id) || !entry.user) return entry;
        changed = { ...entry.user, ...over(entry.user) };
        return { ...entry, user: changed };
      }),
    }));
    return changed;
  };
  /** Changes one address of that user, and answers with it. */
  const changeEmail = (request: Request, over: Partial<EmailAddress>) => {
    const changed = change(request, ({ email_addresses }) => ({
      email_addresses: email_addresses.map((email) =>
        email.id === request["email_address_id"] ? { ...email, ...over } : email,
      ),
    }));
    return changed?.email_addresses.find(({ id }) => id === request["email_address_id"]);
  };

  app.on("account.update", (request) =>
    change(request, () => ({
      ...("first_name" in request && { first_name: String(request["first_name"]) }),
      ...("last_name" in request && { last_name: String(request["last_name"]) }),
      ...("primary_email_address_id" in request && {
        primary_email_address_id: String(request["primary_email_address_id"]),
      }),
    })),
  );
  app.on("account.create_email_address", (request) => {
    const added = emailAddress({ id: `idn_${String(request["email_address"])}`, email_address: String(request["email_address"]), verification: null });
    change(request, ({ email_addresses }) => ({ email_addresses: [...email_addresses, added] }));
    return added;
  });
  app.on("account.prepare_email_address", (request) => {
    const prepared = changeEmail(request, {});
    send(prepared?.email_address ?? "");
    return prepared;
  });
  app.on("account.attempt_email_address", (request) => {
    if (request["code"] !== CODE) throw refusal("form_code_incorrect", "code");
    return changeEmail(request, { verification: emailAddress().verification });
  });
  app.on("account.destroy_email_address", (request) => {
    change(request, ({ email_addresses }) => ({
      email_addresses: email_addresses.filter(({ id }) => id !== request["email_address_id"]),
    }));
    return null;
  });
  /** Changes one number of that user, and answers with it. */
  const changePhone = (request: Request, over: Partial<PhoneNumber>) => {
    const changed = change(request, ({ phone_numbers }) => ({
      phone_numbers: phone_numbers.map((phone) =>
        phone.id === request["phone_number_id"] ? { ...phone, ...over } : phone,
      ),
    }));
    return changed?.phone_numbers.find(({ id }) => id === request["phone_number_id"]);
  };
  /** Whether that user has a second factor follows from what they have. */
  const settle = (request: Request) =>
    change(request, ({ totp_enabled, phone_numbers, backup_code_enabled }) => {
      const two_factor_enabled = totp_enabled || phone_numbers.some((phone) => phone.reserved_for_second_factor);
      return { two_factor_enabled, backup_code_enabled: backup_code_enabled && two_factor_enabled };
    });

  app.on("account.create_phone_number", (request) => {
    const number = String(request["phone_number"]);
    const added = phoneNumber({ id: `idn_${number}`, phone_number: number, verification: null });
    change(request, ({ phone_numbers }) => ({ phone_numbers: [...phone_numbers, added] }));
    return added;
  });
  app.on("account.prepare_phone_number", (request) => {
    const prepared = changePhone(request, {});
    send(prepared?.phone_number ?? "");
    return prepared;
  });
  app.on("account.attempt_phone_number", (request) => {
    if (request["code"] !== CODE) throw refusal("form_code_incorrect", "code");
    return changePhone(request, { verification: phoneNumber().verification });
  });
  app.on("account.update_phone_number", (request) => {
    const { reserved_for_second_factor: reserved, default_second_factor: first } = request;
    const before = change(request, () => ({}));
    if (first === true) {
      change(request, ({ phone_numbers }) => ({
        phone_numbers: phone_numbers.map((phone) => ({ ...phone, default_second_factor: false })),
      }));
    }
    const changed = changePhone(request, {
      ...(typeof reserved === "boolean" && { reserved_for_second_factor: reserved }),
      ...(typeof first === "boolean" && { default_second_factor: first }),
    });
    const codes = reserved === true && !before?.backup_code_enabled;
    if (codes) change(request, () => ({ backup_code_enabled: true }));
    settle(request);
    return codes ? { ...changed, backup_codes: BACKUP_CODES } : changed;
  });
  app.on("account.destroy_phone_number", (request) => {
    change(request, ({ phone_numbers }) => ({
      phone_numbers: phone_numbers.filter(({ id }) => id !== request["phone_number_id"]),
    }));
    settle(request);
    return null;
  });
  app.on("account.create_passkey", (request) => {
    const added = passkey({ id: `idn_key_${++keys}`, created_at: NOW });
    change(request, ({ passkeys }) => ({ passkeys: [...passkeys, added] }));
    return added;
  });
  app.on("account.update_passkey", (request) => {
    const named = { name: String(request["name"]) };
    const changed = change(request, ({ passkeys }) => ({
      passkeys: passkeys.map((key) => (key.id === request["passkey_id"] ? { ...key, ...named } : key)),
    }));
    return changed?.passkeys.find(({ id }) => id === request["passkey_id"]);
  });
  app.on("account.delete_passkey", (request) => {
    change(request, ({ passkeys }) => ({ passkeys: passkeys.filter(({ id }) => id !== request["passkey_id"]) }));
    return null;
  });
  app.on("sign_in.authenticate_with_passkey", () => {
    const email = signIn.identifier ?? "ada@example.com";
    return { ...signIn, status: "complete", created_session_id: enter(email, "Ada", "Lovelace") };
  });
  app.on("app.change_passkey_pin", () => null);
  app.on("app.forget_device_passkeys", () => {
    app.change({
      passkeys: { pin_chosen: false, gesture: null, keys: [], ceremony: null },
      instances: app.snapshot.instances.map((instance) => ({ ...instance, saved_password: { type: "none" } })),
    });
    return null;
  });
  const save = (id: unknown, change: (before: SavedPassword) => SavedPassword) => {
    const instances = app.snapshot.instances.map((instance) =>
      instance.id === id ? { ...instance, saved_password: change(instance.saved_password) } : instance,
    );
    app.change({ instances });
    return null;
  };
  app.on("instance.set_credentials", ({ instance, identifier }) =>
    save(instance, (before) => (typeof identifier === "string" ? { type: "kept", identifier } : before)),
  );
  app.on("instance.clear_credentials", ({ instance }) => save(instance, () => ({ type: "none" })));
  app.on("sign_in.authenticate_with_saved_password", ({ instance }) => {
    const saved = app.snapshot.instances.find(({ id }) => id === instance)?.saved_password;
    if (saved?.type !== "kept") throw refusal("form_password_incorrect", "password");
    const created_session_id = enter(saved.identifier, "Ada", "Lovelace");
    return { ...SIGN_IN, identifier: saved.identifier, status: "complete", created_session_id };
  });
  app.on("account.create_totp", () => TOTP);
  app.on("account.verify_totp", (request) => {
    if (request["code"] !== CODE) throw refusal("form_code_incorrect", "code");
    const before = change(request, () => ({}));
    change(request, () => ({ totp_enabled: true, backup_code_enabled: true }));
    settle(request);
    return {
      ...TOTP,
      verified: true,
      secret: null,
      uri: null,
      ...(!before?.backup_code_enabled && { backup_codes: BACKUP_CODES }),
    };
  });
  app.on("account.disable_totp", (request) => {
    change(request, () => ({ totp_enabled: false }));
    settle(request);
    return null;
  });
  app.on("account.create_backup_code", (request) => {
    change(request, () => ({ backup_code_enabled: true }));
    return { object: "backup_code", id: "bcode_2", codes: BACKUP_CODES, created_at: NOW, updated_at: NOW };
  });
  app.on("app.save_backup_codes", () => ({ saved: true }));
  app.on("account.update_password", (request) => change(request, () => ({ password_enabled: true })));
  app.on("account.remove_password", (request) => change(request, () => ({ password_enabled: false })));
  app.on("account.set_profile_image", (request) => {
    const image_url = `http://127.0.0.1:47113/v1/images/img_${++pictures}`;
    change(request, () => ({ has_image: true, image_url }));
    return { object: "image", id: `img_${pictures}`, public_url: image_url };
  });
  app.on("account.remove_profile_image", (request) => {
    change(request, () => ({ has_image: false, image_url: "" }));
    return null;
  });
  app.on("instance.picture", () => PICTURE);
  app.on("account.revoke_session", () => null);
  app.on("account.delete", (request) => {
    client(({ sessions }) => ({ sessions: sessions.filter(({ id }) => !isOf(request, id)) }));
    app.change({ active: null });
    return null;
  });
  app.on("account.sign_out", ({ session: gone }) => {
    client(({ sessions }) => ({ sessions: sessions.filter(({ id }) => id !== gone) }));
    // Nobody goes on in another one's name.
    if (app.snapshot.active?.session === gone) app.change({ active: null });
    return null;
  });
  return app;
}

function isOf(request: Request, id: string): boolean {
  return (request["account"] as { session?: string } | undefined)?.session === id;
}
