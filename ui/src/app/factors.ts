import type { SignInFactorResource } from "../sdk/resources/sign-in";

/** A way that goes by a code which is sent: straight in, or to a new password in place of a forgotten one. */
export interface SentMethod {
  strategy: "email_code" | "phone_code" | "reset_password_email_code" | "reset_password_phone_code";
  emailAddressId?: string | null;
  phoneNumberId?: string | null;
  /** Where the code goes, with most of it hidden. */
  address: string;
}

/** A way to prove who you are that this app has. */
export type FirstMethod = { strategy: "password" } | { strategy: "passkey" } | SentMethod;

/** A way to prove it a second time. */
export type SecondMethod = { strategy: "totp" } | { strategy: "backup_code" } | SentMethod;

/** The ways of the instance to begin with that this app has, in the instance's order; by a passkey only where one can be used. */
export function firstMethodsOf(factors: SignInFactorResource[] | null, passkeys: boolean): FirstMethod[] {
  return (factors ?? []).flatMap((factor): FirstMethod[] => {
    switch (factor.strategy) {
      case "password":
        return [{ strategy: "password" }];
      case "passkey":
        return passkeys ? [{ strategy: "passkey" }] : [];
      case "email_code":
      case "phone_code":
      case "reset_password_email_code":
      case "reset_password_phone_code":
        return [sentMethod(factor.strategy, factor)];
      default:
        return [];
    }
  });
}

/** The ways of the instance to go on with, the one to offer first being the first. */
export function secondMethodsOf(factors: SignInFactorResource[] | null): SecondMethod[] {
  const known = (factors ?? []).flatMap((factor): { method: SecondMethod; rank: number }[] => {
    switch (factor.strategy) {
      case "totp":
        return [{ method: { strategy: "totp" }, rank: rankOf(factor, 1) }];
      case "phone_code":
      case "email_code":
        return [{ method: sentMethod(factor.strategy, factor), rank: rankOf(factor, 2) }];
      case "backup_code":
        // They are few, and for the day on which nothing else is at hand.
        return [{ method: { strategy: "backup_code" }, rank: 3 }];
      default:
        return [];
    }
  });
  return known.sort((a, b) => a.rank - b.rank).map(({ method }) => method);
}

function rankOf(factor: SignInFactorResource, otherwise: number): number {
  return factor.default ? 0 : otherwise;
}

function sentMethod(strategy: SentMethod["strategy"], factor: SignInFactorResource): SentMethod {
  return {
    strategy,
    ...(factor.emailAddressId !== null && { emailAddressId: factor.emailAddressId }),
    ...(factor.phoneNumberId !== null && { phoneNumberId: factor.phoneNumberId }),
    address: factor.safeIdentifier ?? "",
  };
}

/** Whether it goes by a code which is sent. */
export function isSent(method: FirstMethod | SecondMethod): method is SentMethod {
  return "address" in method;
}

/** Whether it leads to a new password. */
export function isReset(method: FirstMethod): boolean {
  return method.strategy.startsWith("reset_password_");
}

/** Whether its code comes as a text, and not as a mail. */
export function isToPhone(method: SentMethod): boolean {
  return method.strategy.endsWith("phone_code");
}

/** Tells one way from another. */
export function methodKey(method: FirstMethod | SecondMethod): string {
  return isSent(method)
    ? `${method.strategy} ${method.emailAddressId ?? method.phoneNumberId ?? method.address}`
    : method.strategy;
}

/** What the instance is told when a code is to be sent by a way. */
export function preparation<Strategy extends string>(
  method: SentMethod & { strategy: Strategy },
): { strategy: Strategy; emailAddressId?: string; phoneNumberId?: string } {
  return {
    strategy: method.strategy,
    ...(method.emailAddressId != null && { emailAddressId: method.emailAddressId }),
    ...(method.phoneNumberId != null && { phoneNumberId: method.phoneNumberId }),
  };
}
