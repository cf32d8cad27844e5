//! What concerns the instance as a whole.

use std::sync::Arc;

use axum::extract::{Extension, State};
use frontdesk_wire::{
    DevBrowser, Environment, ErrorCode, Health, INTRODUCTION_PATH, Introduction, Jwks, RelatedOrigins,
};
use secrecy::ExposeSecret as _;
use utoipa::openapi::{ObjectBuilder, schema::Type};

use crate::{
    caller::Caller,
    flows::Fault,
    http::{
        Answer, Refusal,
        guard::Passed,
        openapi::{Routes, Who, document, says},
    },
    instance::Instance,
    limits::Class,
};

/// What concerns the instance as a whole.
pub(super) fn routes() -> Routes {
    let environment_of = || {
        says("Read the settings of the instance")
            .more("What may be used to sign up and in, and by which rules. `PATCH` changes nothing.")
            .bare::<Environment>()
    };
    let open = Routes::of(Who::Anyone, "Instance", "What everybody may know of the instance.")
        .get("/v1/health", health, says("Ask whether the instance is up").bare::<Health>())
        .get("/.well-known/jwks.json", jwks, says("Read the keys that session tokens are verified with").bare::<Jwks>())
        .get(
            "/.well-known/webauthn",
            related_origins,
            says("Read whose pages may ask for the passkeys of this domain")
                .more("For browsers (Web Authentication §5.11). Only where the instance is at the domain of its passkeys.")
                .bare::<RelatedOrigins>()
                .refuses(&[ErrorCode::ResourceNotFound]),
        )
        .get(
            INTRODUCTION_PATH,
            introduction,
            says("Ask for the publishable key")
                .more("For whoever knows the address of the instance and nothing else.")
                .bare::<Introduction>(),
        )
        .get(
            "/openapi.json",
            openapi,
            says("Read this document").answer(ObjectBuilder::new().schema_type(Type::Object)),
        )
        .post(
            "/v1/dev_browser",
            dev_browser,
            says("Ask for the token of a development browser")
                .more("For pages of hosts where cookies of the instance do not work. Development instances only.")
                .bare::<DevBrowser>()
                .refuses(&[ErrorCode::RequestInvalidForEnvironment]),
        );
    let settings = Routes::of(Who::Client, "Instance", "What everybody may know of the instance.")
        .get("/v1/environment", environment, environment_of())
        .patch("/v1/environment", environment, environment_of());
    open.and(settings)
}

/// `GET /openapi.json`
pub(super) async fn openapi() -> Answer {
    Answer::bare(document())
}

/// `GET /v1/health`
pub(super) async fn health() -> Answer {
    Answer::bare(&Health { status: "healthy".to_owned() })
}

/// `GET /.well-known/jwks.json`
pub(super) async fn jwks(State(instance): State<Arc<Instance>>) -> Answer {
    Answer::bare(instance.jwks().as_ref())
}

/// `GET /.well-known/webauthn`
pub(super) async fn related_origins(State(instance): State<Arc<Instance>>) -> Result<Answer, Refusal> {
    let origins = instance.party().and_then(|party| party.related_origins());
    let origins = origins.ok_or_else(|| Refusal::code(ErrorCode::ResourceNotFound))?;
    Ok(Answer::bare(&RelatedOrigins { origins }))
}

/// `GET /.well-known/frontdesk.json`
pub(super) async fn introduction(State(instance): State<Arc<Instance>>) -> Answer {
    Answer::bare(&Introduction { publishable_key: instance.public_url().publishable_key(instance.kind()) })
}

/// `GET|PATCH /v1/environment`
pub(super) async fn environment(State(instance): State<Arc<Instance>>, _caller: Caller) -> Answer {
    Answer::bare(&*instance.environment())
}

/// `POST /v1/dev_browser`: a token by which a browser is known from now on. Nothing is stored before it does something.
pub(super) async fn dev_browser(
    State(instance): State<Arc<Instance>>,
    Extension(passed): Extension<Passed>,
) -> Result<Answer, Refusal> {
    if !instance.is_development() {
        return Err(Refusal::code(ErrorCode::RequestInvalidForEnvironment));
    }
    let now = instance.now();
    let counted = instance.limits().check_everywhere(instance.store(), Class::Create, passed.address, now).await;
    counted.map_err(Fault::from)?;
    let token = instance.new_browser();
    Ok(Answer::bare(&DevBrowser {
        object: "dev_browser".to_owned(),
        id: token.expose_secret().to_owned(),
        token: token.expose_secret().to_owned(),
        instance_id: instance.id().to_owned(),
        home_origin: passed.origin,
        created_at: now.0,
        updated_at: now.0,
    }))
}
