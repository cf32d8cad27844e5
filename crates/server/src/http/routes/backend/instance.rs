//! `/v1/instance` and `/v1/testing_tokens`

use std::sync::Arc;

use axum::extract::State;
use frontdesk_wire::{
    ErrorCode,
    backend::{self, InstanceRestrictions, TestingToken},
};
use secrecy::ExposeSecret as _;

use crate::{
    flows::backend::instance::{self, SettingsChange},
    http::{
        Answer, Refusal,
        extract::{Json, Owner},
        openapi::{Field, Routes, Who, says},
    },
    instance::Instance,
};

/// Fields of `PATCH /v1/instance`.
const SETTINGS: [&str; 13] = [
    "allowed_origins",
    "clerk_js_version",
    "cookieless_dev",
    "development_origin",
    "hibp",
    "preferred_sign_in_strategy_when_password_required",
    "session_claims",
    "session_inactivity_ms",
    "session_max_lifetime_ms",
    "single_session_mode",
    "support_email",
    "test_mode",
    "url_based_session_syncing",
];
/// Fields of `PATCH /v1/instance/restrictions`. No instance enforces one of them yet.
const RESTRICTIONS: [&str; 5] = [
    "allowlist",
    "allowlist_blocklist_disabled_on_sign_in",
    "block_disposable_email_domains",
    "block_email_subaddresses",
    "blocklist",
];

/// The instance.
pub(super) fn routes() -> Routes {
    const CHANGE: &[Field] = &[
        Field::texts("allowed_origins", "Origins that may use the Frontend API besides the instance's own."),
        Field::text("support_email", "Where people find help; empty: nowhere."),
        Field::object(
            "session_claims",
            "Claims that are added to session tokens, with shortcodes such as `{{user.id}}`; in place of those that are.",
        ),
        Field::flag("test_mode", "Whether test addresses have fixed codes."),
        Field::flag("single_session_mode", "Whether a client holds one session only; nobody is signed out by it."),
        Field::number("session_max_lifetime_ms", "How long a session lives at most, in milliseconds; 0 is no limit."),
        Field::number(
            "session_inactivity_ms",
            "How long a session lives that nobody uses, in milliseconds; 0 is no limit. One of both limits must be on.",
        ),
        Field::flag("hibp", "Whether passwords are looked up in known breaches when they are set."),
        Field::flag("cookieless_dev", "On at development instances and off at production ones."),
        Field::flag("url_based_session_syncing", "On at development instances and off at production ones."),
    ];
    const FORBID: &[Field] = &[
        Field::flag("allowlist", "None of these can be turned on yet."),
        Field::flag("blocklist", "None of these can be turned on yet."),
        Field::flag("allowlist_blocklist_disabled_on_sign_in", "None of these can be turned on yet."),
        Field::flag("block_email_subaddresses", "None of these can be turned on yet."),
        Field::flag("block_disposable_email_domains", "None of these can be turned on yet."),
    ];
    const REFUSED: &[ErrorCode] = &[ErrorCode::FormParamUnknown, ErrorCode::FormParamValueDisabled];
    Routes::of(Who::Owner, "Backend: instance", "The instance, for its owner.")
        .get("/v1/instance", show, says("Read what the instance is").bare::<backend::Instance>())
        .patch(
            "/v1/instance",
            update,
            says("Change settings")
                .json(CHANGE)
                .nothing()
                .refuses(REFUSED)
                .refuses(&[ErrorCode::FormParamValueInvalid, ErrorCode::JwtTemplateReservedClaim]),
        )
        .patch(
            "/v1/instance/restrictions",
            update_restrictions,
            says("Say who may not sign up or in").json(FORBID).bare::<InstanceRestrictions>().refuses(REFUSED),
        )
        .post(
            "/v1/testing_tokens",
            testing_token,
            says("Ask for a token by which a test suite says that it is one")
                .more("Development instances only.")
                .bare::<TestingToken>()
                .refuses(&[ErrorCode::RequestInvalidForEnvironment]),
        )
}

/// `GET /v1/instance`
pub(super) async fn show(State(instance): State<Arc<Instance>>, Owner(caller, _): Owner) -> Result<Answer, Refusal> {
    Ok(Answer::bare(&instance::show(&instance.turn(&caller)).await?))
}

/// `PATCH /v1/instance`
pub(super) async fn update(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    json.only(&SETTINGS)?;
    json.refuse(&["clerk_js_version", "development_origin", "preferred_sign_in_strategy_when_password_required"])?;
    // Development browsers are served without cookies of third parties, others are not; that is no choice.
    for name in ["cookieless_dev", "url_based_session_syncing"] {
        if json.optional_flag(name)?.is_some_and(|wanted| wanted != instance.is_development()) {
            return Err(Refusal::field(ErrorCode::FormParamValueDisabled, name)
                .saying("This is on at every development instance and off at every production one."));
        }
    }
    let given = json.is_given("allowed_origins");
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    let change = SettingsChange {
        test_mode: json.optional_flag("test_mode")?,
        support_email: json.text("support_email")?.map(str::to_owned),
        session_claims: json.object("session_claims")?,
        allowed_origins: given.then(|| json.texts("allowed_origins")).transpose()?.map(owned),
        single_session: json.optional_flag("single_session_mode")?,
        max_lifetime_ms: json.integer("session_max_lifetime_ms")?,
        inactivity_ms: json.integer("session_inactivity_ms")?,
        look_up_breaches: json.optional_flag("hibp")?,
    };
    instance::update(&instance.turn(&caller), &change).await?;
    Ok(Answer::nothing())
}

/// `PATCH /v1/instance/restrictions`
pub(super) async fn update_restrictions(_owner: Owner, json: Json) -> Result<Answer, Refusal> {
    json.only(&RESTRICTIONS)?;
    for name in RESTRICTIONS {
        if json.flag(name)? {
            return Err(Refusal::field(ErrorCode::FormParamValueDisabled, name)
                .saying("This instance does not enforce this restriction yet, so that it cannot be turned on."));
        }
    }
    Ok(Answer::bare(&InstanceRestrictions { object: "instance_restrictions".to_owned(), ..Default::default() }))
}

/// `POST /v1/testing_tokens`
pub(super) async fn testing_token(State(instance): State<Arc<Instance>>, _owner: Owner) -> Result<Answer, Refusal> {
    if !instance.is_development() {
        return Err(Refusal::code(ErrorCode::RequestInvalidForEnvironment)
            .saying("Testing tokens are for development instances. Run test suites against one of those."));
    }
    let (token, expires_at) = instance.testing_tokens().issue(instance.now().0);
    tracing::info!(target: "audit", event = "testing_token_created_by_owner", expires_at);
    Ok(Answer::bare(&TestingToken {
        object: "testing_token".to_owned(),
        token: token.expose_secret().to_owned(),
        expires_at,
    }))
}
