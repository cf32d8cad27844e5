import type { SessionReverification } from "../../bridge/SessionReverification";
import { type SignInFactorResource, toFactor } from "./sign-in";
import { toVerification, type VerificationResource } from "./verification";

/** How much has to be proven anew. */
export type VerificationLevel = "first_factor" | "second_factor" | "multi_factor";

/** How far the proof of who somebody is, asked for anew within a session, has come. */
export class SessionVerificationResource {
  /** `needs_first_factor`, `needs_second_factor` or `complete`. */
  readonly status: string;
  readonly level: string;
  readonly supportedFirstFactors: SignInFactorResource[] | null;
  readonly supportedSecondFactors: SignInFactorResource[] | null;
  readonly firstFactorVerification: VerificationResource;
  readonly secondFactorVerification: VerificationResource;

  constructor(raw: SessionReverification) {
    this.status = raw.status;
    this.level = raw.level;
    this.supportedFirstFactors = raw.supported_first_factors?.map(toFactor) ?? null;
    this.supportedSecondFactors = raw.supported_second_factors?.map(toFactor) ?? null;
    this.firstFactorVerification = toVerification(raw.first_factor_verification);
    this.secondFactorVerification = toVerification(raw.second_factor_verification);
  }
}
