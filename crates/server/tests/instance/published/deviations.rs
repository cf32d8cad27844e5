//! Where answers differ from the published documents on purpose.

use super::Difference;

/// A difference that is decided.
pub(super) struct Deviation {
    /// Verb and path; empty: wherever it is met.
    pub(super) on: &'static str,
    /// How its place ends.
    pub(super) at: &'static str,
    /// What the fault says, or a part of it.
    pub(super) fault: &'static str,
    /// Why it is right.
    #[allow(dead_code, reason = "it is for those who read")]
    why: &'static str,
}

/// Every one. One that no answer needs any more fails the test of all operations.
pub(super) const ALL: &[Deviation] = &[
    Deviation {
        on: "",
        at: "/verification/expire_at",
        fault: "should be",
        why: "an address that is proven does not expire; the official types and the Backend API's document have null",
    },
    Deviation {
        on: "",
        at: "/verifications/email_address/expire_at",
        fault: "should be",
        why: "nothing expires before a code is sent and after it is proven",
    },
    Deviation {
        on: "",
        at: "/verifications/phone_number/expire_at",
        fault: "should be",
        why: "nothing expires before a code is sent and after it is proven",
    },
    Deviation {
        on: "",
        at: "/verifications/phone_number/strategy",
        fault: "\"\" is none of the values",
        why: "the official components take the code for sent as soon as a strategy is named",
    },
    Deviation {
        on: "",
        at: "/first_factor_verification/expire_at",
        fault: "should be",
        why: "a proof that is given does not expire",
    },
    Deviation {
        on: "",
        at: "/verifications/email_address/strategy",
        fault: "\"\" is none of the values",
        why: "the official components take the code for sent as soon as a strategy is named",
    },
    Deviation {
        on: "",
        at: "/first_factor_verification",
        fault: "Additional properties",
        why: "proofs of every kind have one shape, and null for what a kind has not; official packages read all of it",
    },
    Deviation {
        on: "",
        at: "/second_factor_verification/expire_at",
        fault: "should be",
        why: "a proof that is given does not expire",
    },
    Deviation {
        on: "",
        at: "/second_factor_verification",
        fault: "Additional properties",
        why: "proofs of every kind have one shape, and null for what a kind has not; official packages read all of it",
    },
    Deviation {
        on: "",
        at: "/verifications/external_account",
        fault: "Additional properties",
        why: "proofs of every kind have one shape, and null for what a kind has not; official packages read all of it",
    },
    Deviation {
        on: "",
        at: "/verification",
        fault: "Additional properties",
        why: "proofs of every kind have one shape, and null for what a kind has not; official packages read all of it",
    },
    Deviation {
        on: "",
        at: "/external_verification_redirect_url",
        fault: "should be",
        why: "there is no address any more when the way out is over; official packages read null",
    },
    Deviation {
        on: "",
        at: "/user_settings/social",
        fault: "Additional properties",
        why: "connections of the owner's own have names that no document can list",
    },
    Deviation {
        on: "get /v1/invitations",
        at: "",
        fault: "should be Single(Array)",
        why: "`paginated` is one of its parameters, and answers as it does everywhere: with how many there are",
    },
    Deviation {
        on: "get /v1/me",
        at: "/client",
        fault: "should be",
        why: "the client comes along when it has changed, and reading changes nothing",
    },
    Deviation {
        on: "get /v1/me/email_addresses/{id}",
        at: "/client",
        fault: "should be",
        why: "the client comes along when it has changed, and reading changes nothing",
    },
    Deviation {
        on: "get /v1/me/phone_numbers/{id}",
        at: "/client",
        fault: "should be",
        why: "the client comes along when it has changed, and reading changes nothing",
    },
    Deviation {
        on: "",
        at: "/passkeys/*/last_used_at",
        fault: "should be",
        why: "a passkey that has not signed in yet has no such moment",
    },
    Deviation {
        on: "get /v1/me/passkeys/{id}",
        at: "/client",
        fault: "should be",
        why: "the client comes along when it has changed, and reading changes nothing",
    },
    Deviation {
        on: "",
        at: "/domains/default_role",
        fault: "should be",
        why: "there are no organizations and so no role; the official types have null",
    },
    Deviation {
        on: "",
        at: "/organization_settings",
        fault: "'force_organization_selection' was unexpected",
        why: "official packages read it from there",
    },
    Deviation {
        on: "",
        at: "/auth_config",
        fault: "('preferred_channels', 'session_minter' were unexpected)",
        why: "official packages read them from there",
    },
    Deviation {
        on: "",
        at: "/sign_in/second_factor",
        fault: "'enabled' was unexpected",
        why: "official packages read it from there",
    },
    Deviation {
        on: "",
        at: "/status",
        fault: "\"replaced\" is none of the values",
        why: "where a client holds one session, another sign-in replaces it; the Backend API's document has the word",
    },
    Deviation {
        on: "get /v1/me/sessions",
        at: "/*",
        fault: "is a required property",
        why: "it is a list of devices, like /v1/me/sessions/active: what the session of another device holds is not told",
    },
    Deviation { on: "get /v1/me/sessions", at: "/*/user", fault: "should be", why: "the caller is the user" },
    Deviation {
        on: "post /v1/me/sessions/{id}/revoke",
        at: "/response",
        fault: "is a required property",
        why: "it is an entry of the list of devices, which official packages read it as",
    },
    Deviation {
        on: "post /v1/me/sessions/{id}/revoke",
        at: "/response/user",
        fault: "should be",
        why: "the caller is the user",
    },
    Deviation {
        on: "get /v1/me/sessions/active",
        at: "/latest_activity/browser_name",
        fault: "should be",
        why: "a program that does not say who it is has no name, and null is what is not known",
    },
    Deviation {
        on: "get /v1/me/sessions/active",
        at: "/latest_activity/browser_version",
        fault: "should be",
        why: "null is what is not known",
    },
    Deviation {
        on: "get /v1/me/sessions/active",
        at: "/latest_activity/device_type",
        fault: "should be",
        why: "null is what is not known",
    },
    Deviation {
        on: "get /v1/me/sessions/active",
        at: "/latest_activity/city",
        fault: "should be",
        why: "nobody is asked where an address lies",
    },
    Deviation {
        on: "get /v1/me/sessions/active",
        at: "/latest_activity/country",
        fault: "should be",
        why: "nobody is asked where an address lies",
    },
    Deviation {
        on: "get /v1/jwt_templates",
        at: "",
        fault: "should be",
        why: "with `paginated=true` official packages read an object with `data` and `total_count`",
    },
    Deviation {
        on: "get /v1/users/{id}/oauth_access_tokens/{provider}",
        at: "",
        fault: "should be",
        why: "with `paginated=true` official packages read an object with `data` and `total_count`",
    },
    Deviation {
        on: "get /v1/redirect_urls",
        at: "",
        fault: "should be",
        why: "with `paginated=true` official packages read an object with `data` and `total_count`",
    },
    Deviation {
        on: "get /v1/allowlist_identifiers",
        at: "",
        fault: "should be",
        why: "with `paginated=true` official packages read an object with `data` and `total_count`",
    },
    Deviation {
        on: "get /v1/sessions",
        at: "",
        fault: "should be",
        why: "with `paginated=true` official packages read an object with `data` and `total_count`",
    },
];

/// Operations that no published document has.
pub(super) const NOT_PUBLISHED: &[(&str, &str)] = &[
    ("get /openapi.json", "our own document"),
    ("get /.well-known/frontdesk.json", "the publishable key, for whoever knows the address alone"),
    ("get /frontdesk/outbox", "the mails of a development instance"),
    ("get /frontdesk/outbox/{id}", "one of them"),
    ("get /v1/clients/handshake_payload", "published without a description; official packages ask for it"),
];

/// The deviation that a difference is.
pub(super) fn of(operation: &str, difference: &Difference) -> Option<usize> {
    ALL.iter().position(|deviation| {
        (deviation.on.is_empty() || deviation.on == operation)
            && difference.at.ends_with(deviation.at)
            && difference.fault.contains(deviation.fault)
    })
}
