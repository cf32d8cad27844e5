import type { VaultView } from "../../bridge/VaultView";
import { desk } from "../../testing/desk";
import { localInstance, session, snapshot } from "../../testing/fixtures";
import type { StandIn } from "../../testing/stand-in";
import type { PreviewState } from "../state";

function sealed(state: VaultView["state"], detail: string | null = null): StandIn {
  const vault: VaultView = { keeper: "passphrase", state, store: "Passphrase vault", detail };
  return desk(snapshot([localInstance([session()])], { vault }));
}

export const VAULT_STATES: PreviewState[] = [
  { id: "unlock", app: () => sealed("locked") },
  { id: "unlock-empty", app: () => sealed("locked"), press: (words) => words.passphrase.unlock },
  { id: "passphrase-choose", app: () => desk(), initial: [{ name: "passphrase" }] },
  {
    id: "passphrase-choose-empty",
    app: () => desk(),
    initial: [{ name: "passphrase" }],
    press: (words) => words.passphrase.choose,
  },
  { id: "passphrase-change", app: () => sealed("ready"), initial: [{ name: "passphrase" }] },
  { id: "settings-passphrase", app: () => sealed("ready"), initial: [{ name: "settings" }] },
  { id: "settings-passphrase-absent", app: () => sealed("absent", "the file is not there"), initial: [{ name: "settings" }] },
  { id: "settings-passphrase-denied", app: () => sealed("denied", "permission denied"), initial: [{ name: "settings" }] },
  { id: "settings-passphrase-full", app: () => sealed("full"), initial: [{ name: "settings" }] },
  { id: "account-passphrase-broken", app: () => sealed("broken", "the file is damaged") },
  { id: "account-passphrase-failed", app: () => sealed("failed", "input/output error") },
];
