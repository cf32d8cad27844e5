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
    views::backend::restrictions,
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
/// Fields of `PATCH /v1/instance/restrictions`.
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
    const RESTRICT: &[Field] = &[
        Field::flag("allowlist", "Whether only who is on the allowlist signs up or is added."),
        Field::flag("blocklist", "Whether who is on the blocklist does not."),
        Field::flag("allowlist_blocklist_disabled_on_sign_in", "Always on: who has an account is shut out by a ban."),
        Field::flag("block_email_subaddresses", "Whether addresses such as `ada+x@example.com` are refused."),
        Field::flag("block_disposable_email_domains", "Whether addresses are refused that are made to be thrown away."),
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
            says("Say who may come in").json(RESTRICT).bare::<InstanceRestrictions>().refuses(REFUSED),
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
        ..SettingsChange::default()
    };
    instance::update(&instance.turn(&caller), &change).await?;
    Ok(Answer::nothing())
}

/// `PATCH /v1/instance/restrictions`
pub(super) async fn update_restrictions(
    State(instance): State<Arc<Instance>>,
    Owner(caller, _): Owner,
    json: Json,
) -> Result<Answer, Refusal> {
    const SIGN_IN: &str = "allowlist_blocklist_disabled_on_sign_in";
    json.only(&RESTRICTIONS)?;
    if json.optional_flag(SIGN_IN)? == Some(false) {
        return Err(Refusal::field(ErrorCode::FormParamValueDisabled, SIGN_IN)
            .saying("Lists count for who signs up and for what is added. Ban a user to shut them out."));
    }
    let change = SettingsChange {
        allowlist: json.optional_flag("allowlist")?,
        blocklist: json.optional_flag("blocklist")?,
        block_email_subaddresses: json.optional_flag("block_email_subaddresses")?,
        block_disposable_email_domains: json.optional_flag("block_disposable_email_domains")?,
        ..SettingsChange::default()
    };
    instance::update(&instance.turn(&caller), &change).await?;
    Ok(Answer::bare(&restrictions(&instance.settings().policy)))
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
