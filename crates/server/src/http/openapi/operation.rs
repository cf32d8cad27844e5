//! What the document says of one operation.

use frontdesk_wire::{
    ErrorCode,
    schema::{envelope, named, or_null},
};
use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::Type,
        security::SecurityRequirement,
    },
};

use super::{
    Field, Who,
    document::{API_VERSION, NATIVE, SCHEMES, SESSION},
    refusals,
};

/// What the document says of one operation. Who calls, what the path holds and what every request may be refused for
/// is added by itself.
pub(in crate::http) struct Operation {
    summary: &'static str,
    more: Option<&'static str>,
    query: Vec<Field>,
    body: Option<Body>,
    upload: Option<&'static str>,
    answer: Option<(&'static str, Content)>,
    refusals: Vec<ErrorCode>,
    page: bool,
    back: bool,
}

struct Body {
    kind: &'static str,
    fields: Vec<Field>,
    /// Whether there are several objects.
    many: bool,
}

enum Content {
    Json(Box<RefOr<Schema>>),
    File(&'static [&'static str]),
    Onward,
    Nothing,
}

/// Says what an operation does.
pub(in crate::http) fn says(summary: &'static str) -> Operation {
    Operation {
        summary,
        more: None,
        query: Vec::new(),
        body: None,
        upload: None,
        answer: None,
        refusals: Vec::new(),
        page: false,
        back: false,
    }
}

/// A list of objects.
pub(in crate::http) fn list<T: ToSchema>() -> Schema {
    ArrayBuilder::new().items(named::<T>()).into()
}

/// A part of a list, with how long the whole is.
pub(in crate::http) fn page<T: ToSchema>() -> Schema {
    ObjectBuilder::new()
        .property("data", list::<T>())
        .required("data")
        .property("total_count", ObjectBuilder::new().schema_type(Type::Integer))
        .required("total_count")
        .into()
}

impl Operation {
    /// Says more.
    pub(in crate::http) fn more(self, text: &'static str) -> Self {
        Self { more: Some(text), ..self }
    }

    /// It takes these parameters in the query.
    pub(in crate::http) fn query(mut self, query: &[Field]) -> Self {
        self.query.extend_from_slice(query);
        self
    }

    /// It takes a form with these fields, and those named before.
    pub(in crate::http) fn form(self, fields: &[Field]) -> Self {
        self.body("application/x-www-form-urlencoded", fields).refuses(refusals::FORM)
    }

    /// It takes a JSON object with these fields, and those named before.
    pub(in crate::http) fn json(self, fields: &[Field]) -> Self {
        self.body("application/json", fields).refuses(refusals::JSON)
    }

    /// It takes a list of JSON objects with these fields.
    pub(in crate::http) fn json_list(self, fields: &[Field]) -> Self {
        let mut said = self.json(fields);
        if let Some(body) = &mut said.body {
            body.many = true;
        }
        said
    }

    /// It takes a file: in this field of a form of several parts, or as base64.
    pub(in crate::http) fn upload(self, field: &'static str) -> Self {
        Self { upload: Some(field), ..self }.refuses(refusals::UPLOAD)
    }

    fn body(mut self, kind: &'static str, fields: &[Field]) -> Self {
        let body = self.body.get_or_insert(Body { kind, fields: Vec::new(), many: false });
        body.fields.extend_from_slice(fields);
        self
    }

    /// It answers with an object.
    pub(in crate::http) fn bare<T: ToSchema>(self) -> Self {
        self.answer(named::<T>())
    }

    /// It answers with an object in the envelope.
    pub(in crate::http) fn envelope<T: ToSchema>(self) -> Self {
        self.answer(envelope(named::<T>()))
    }

    /// It answers with an object or null in the envelope.
    pub(in crate::http) fn envelope_or_null<T: ToSchema>(self) -> Self {
        self.answer(envelope(or_null(named::<T>())))
    }

    /// It answers with JSON of this schema.
    pub(in crate::http) fn answer(self, schema: impl Into<RefOr<Schema>>) -> Self {
        Self { answer: Some(("200", Content::Json(Box::new(schema.into())))), ..self }
    }

    /// It answers with a file of one of these types.
    pub(in crate::http) fn file(self, types: &'static [&'static str]) -> Self {
        Self { answer: Some(("200", Content::File(types))), ..self }
    }

    /// It answers with nothing.
    pub(in crate::http) fn nothing(self) -> Self {
        Self { answer: Some(("204", Content::Nothing)), ..self }
    }

    /// It answers with nothing, by the status that the RFC of it wants.
    pub(in crate::http) fn empty(self) -> Self {
        Self { answer: Some(("200", Content::Nothing)), ..self }
    }

    /// It sends the browser on to another page.
    pub(in crate::http) fn sends_on(self) -> Self {
        Self { answer: Some(("307", Content::Onward)), ..self }
    }

    /// It answers a form by sending the browser to another page.
    pub(in crate::http) fn sends_back(self) -> Self {
        Self { answer: Some(("303", Content::Onward)), ..self }
    }

    /// Instead of that it may send the browser to another page.
    pub(in crate::http) fn or_sends_back(self) -> Self {
        Self { back: true, ..self }
    }

    /// Instead of a refusal with status 400 the browser may be shown a page.
    pub(in crate::http) fn or_page(self) -> Self {
        Self { page: true, ..self }
    }

    /// It may refuse with these codes.
    pub(in crate::http) fn refuses(mut self, codes: &[ErrorCode]) -> Self {
        self.refusals.extend_from_slice(codes);
        self
    }

    /// Writes it for the document.
    pub(super) fn describe(self, who: Who, group: &str, verb: &str, path: &str) -> utoipa::openapi::path::Operation {
        let mut operation = OperationBuilder::new()
            .tag(group)
            .summary(Some(self.summary))
            .description(self.more)
            .operation_id(Some(operation_id(verb, path)))
            .securities(Some(securities(who)));
        for name in names(path) {
            operation = operation.parameter(
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Path)
                    .required(Required::True)
                    .schema(Some(ObjectBuilder::new().schema_type(Type::String))),
            );
        }
        for field in self.query {
            operation = operation.parameter(field.parameter());
        }
        for shared in shared_parameters(who) {
            operation = operation.parameter_ref(Ref::new(format!("#/components/parameters/{shared}")));
        }
        if let Some(body) = &self.body {
            let required = body.fields.iter().any(|field| field.needed);
            let schema = body.fields.iter().fold(ObjectBuilder::new(), |object, field| {
                let object = object.property(field.name, field.schema(body.kind == "application/json"));
                if field.needed { object.required(field.name) } else { object }
            });
            let schema: Schema =
                if body.many { ArrayBuilder::new().items(schema).into() } else { schema.build().into() };
            operation = operation.request_body(Some(
                RequestBodyBuilder::new()
                    .content(body.kind, ContentBuilder::new().schema(Some(schema)).build())
                    .required(Some(if required { Required::True } else { Required::False }))
                    .build(),
            ));
        }
        if let Some(field) = self.upload {
            let text = || ObjectBuilder::new().schema_type(Type::String);
            let file = text().content_media_type("application/octet-stream");
            let form = ObjectBuilder::new().property(field, file).required(field);
            operation = operation.request_body(Some(
                RequestBodyBuilder::new()
                    .content("multipart/form-data", ContentBuilder::new().schema(Some(form)).build())
                    .content(
                        "application/octet-stream",
                        ContentBuilder::new().schema(Some(text().content_encoding("base64"))).build(),
                    )
                    .required(Some(Required::True))
                    .build(),
            ));
        }
        if let Some((status, content)) = self.answer {
            operation = operation.response(status, success(who, content));
        }
        if self.back {
            operation = operation.response("303", success(who, Content::Onward));
        }
        let mut codes = self.refusals;
        codes.extend_from_slice(refusals::ANY);
        codes.extend_from_slice(match who {
            Who::Anyone => &[],
            Who::Client => refusals::CLIENT,
            Who::Owner => refusals::OWNER,
        });
        for (status, mut response) in refusals::responses(&codes) {
            if self.page && status == "400" {
                let page = ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
                response.content.insert("text/html".to_owned(), page.build().into());
            }
            operation = operation.response(status, response);
        }
        operation.build()
    }
}

fn success(who: Who, content: Content) -> utoipa::openapi::Response {
    let response = match content {
        Content::Json(schema) => ResponseBuilder::new()
            .description("It is done.")
            .content("application/json", ContentBuilder::new().schema(Some(*schema)).build()),
        Content::File(types) => types.iter().fold(ResponseBuilder::new().description("The file."), |response, kind| {
            response.content(*kind, ContentBuilder::new().build())
        }),
        Content::Nothing => ResponseBuilder::new().description("It is done."),
        Content::Onward => {
            let location = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            ResponseBuilder::new().description("The browser goes on from here.").header("Location", location.build())
        }
    };
    if who != Who::Client {
        return response.build();
    }
    let header = |what: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        HeaderBuilder::new().description(Some(what)).schema(Some(text)).build()
    };
    response
        .header("Authorization", header("To native callers: the client token to use from now on; empty: none."))
        .header("Clerk-Db-Jwt", header("To development browsers: the token to use from now on."))
        .header("Set-Cookie", header("To browsers: what has become of the client."))
        .build()
}

/// `post_v1_client_sign_ins_id_attempt_first_factor`
fn operation_id(verb: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(verb).chain(words).collect::<Vec<_>>().join("_")
}

/// Names of the parts of a path that vary.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn shared_parameters(who: Who) -> &'static [&'static str] {
    match who {
        Who::Anyone => &[],
        Who::Client => &[API_VERSION, NATIVE, SESSION],
        Who::Owner => &[API_VERSION],
    }
}

fn securities(who: Who) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    match who {
        Who::Anyone => vec![SecurityRequirement::default()],
        Who::Client => vec![
            SecurityRequirement::new(SCHEMES.native, none),
            SecurityRequirement::new(SCHEMES.browser, none),
            SecurityRequirement::new(SCHEMES.dev_browser, none),
            SecurityRequirement::default(),
        ],
        Who::Owner => vec![SecurityRequirement::new(SCHEMES.secret_key, none)],
    }
}
