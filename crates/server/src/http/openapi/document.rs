//! The document as a whole.

use std::sync::LazyLock;

use frontdesk_wire::{
    form::{API_VERSION_QUERY, DEV_BROWSER_QUERY, NATIVE_QUERY, SESSION_QUERY},
    schema,
};
use serde_json::Value;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApiBuilder, Server,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::http::routes;

/// Parameters that several operations take, by their names in the document.
pub(super) const API_VERSION: &str = "ApiVersion";
pub(super) const NATIVE: &str = "Native";
pub(super) const SESSION: &str = "Session";

/// Ways to show who calls, by their names in the document.
pub(super) struct Schemes {
    pub(super) native: &'static str,
    pub(super) browser: &'static str,
    pub(super) dev_browser: &'static str,
    pub(super) secret_key: &'static str,
}

pub(super) const SCHEMES: Schemes =
    Schemes { native: "NativeApp", browser: "Browser", dev_browser: "DevBrowser", secret_key: "SecretKey" };

const ABOUT: &str = "\
An instance of Frontdesk: its Frontend API, for apps and browsers, and its Backend API, for servers of the owner that \
hold the secret key.

Compatible with Clerk's Frontend API. Frontdesk is an independent project, not affiliated with or endorsed by Clerk, \
Inc.; Clerk is its trademark.

**Bodies.** The Frontend API takes forms (`application/x-www-form-urlencoded`), the Backend API takes JSON objects \
(`application/json`), both in UTF-8. Unknown fields are ignored.

**Verbs.** Callers that can only `POST` name the real verb in the query: `_method=PATCH`.

**Envelope.** Most answers of the Frontend API hold what was asked for in `response`, and in `client` the whole client \
as it stands after a change, or null.

**Errors.** What is refused is told with the status of its first cause. Programs go by `code`.

**Times** are milliseconds since 1970.";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(build()).unwrap_or_default());

/// The OpenAPI document of everything that an instance serves.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn build() -> utoipa::openapi::OpenApi {
    let (tags, paths) = routes::all().described();
    let mut components = ComponentsBuilder::new().schemas_from_iter(schema::all());
    for (name, parameter) in parameters() {
        components = components.parameter(name, parameter);
    }
    for (name, scheme) in schemes() {
        components = components.security_scheme(name, scheme);
    }
    let licence = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0"));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Frontdesk")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(licence.build()))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn parameters() -> [(&'static str, Parameter); 3] {
    let query = |name: &str, what: &str, schema: ObjectBuilder| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .description(Some(what))
            .schema(Some(schema))
            .build()
    };
    let text = || ObjectBuilder::new().schema_type(Type::String);
    [
        (
            API_VERSION,
            query(
                API_VERSION_QUERY,
                "The version date that the caller was written for; or the header `Clerk-API-Version`. Every date is \
                 served the newest shape.",
                text().pattern(Some(r"^\d{4}-\d{2}-\d{2}$")),
            ),
        ),
        (
            NATIVE,
            query(
                NATIVE_QUERY,
                "`1` says that the caller is a native app, which sends its client token in `Authorization`. Without \
                 it the caller is taken for a browser.",
                text().enum_values(Some(["1", "true"])),
            ),
        ),
        (SESSION, query(SESSION_QUERY, "The session that acts; otherwise the one that was used last.", text())),
    ]
}

fn schemes() -> [(&'static str, SecurityScheme); 4] {
    let key = |name: &str, what: &str| ApiKeyValue::with_description(name, what);
    [
        (
            SCHEMES.native,
            SecurityScheme::ApiKey(ApiKey::Header(key(
                "Authorization",
                "The client token of a native app, along with `_is_native=1`. The instance gives one in the same \
                 header of an answer, and replaces it from time to time.",
            ))),
        ),
        (
            SCHEMES.browser,
            SecurityScheme::ApiKey(ApiKey::Cookie(key(
                "__client_suffix",
                "The cookie of a browser. Its name is `__client_` and a suffix that stands for the instance's \
                 publishable key; no page reads it.",
            ))),
        ),
        (
            SCHEMES.dev_browser,
            SecurityScheme::ApiKey(ApiKey::Query(key(
                DEV_BROWSER_QUERY,
                "The token of a development browser, from `POST /v1/dev_browser`.",
            ))),
        ),
        (
            SCHEMES.secret_key,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("The secret key of the instance, on servers of its owner alone."))
                    .build(),
            ),
        ),
    ]
}
