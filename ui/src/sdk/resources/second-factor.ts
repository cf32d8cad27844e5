import type { BackupCodes } from "../../bridge/BackupCodes";
import type { Totp } from "../../bridge/Totp";

/** The secret of an authenticator app. */
export interface TOTPResource {
  id: string;
  /** In base32, as it is typed; only while it is new. */
  secret: string | null;
  /** The same for a camera (`otpauth:`); only while it is new. */
  uri: string | null;
  verified: boolean;
  /** Where it is the first second factor: the codes for the day without it. They are not shown again. */
  backupCodes: string[] | null;
}

/** Codes for the day on which no other second factor is at hand, each for one use. They are not shown again. */
export interface BackupCodeResource {
  id: string;
  codes: string[];
}

export function toTOTP(raw: Totp): TOTPResource {
  return {
    id: raw.id,
    secret: raw.secret ?? null,
    uri: raw.uri ?? null,
    verified: raw.verified,
    backupCodes: raw.backup_codes ?? null,
  };
}

export function toBackupCode(raw: BackupCodes): BackupCodeResource {
  return { id: raw.id, codes: raw.codes };
}
