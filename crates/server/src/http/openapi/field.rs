//! Parameters and fields of bodies, as the document has them.

use utoipa::openapi::{
    ArrayBuilder, ObjectBuilder, Required, Schema,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::{SchemaType, Type},
};

/// A parameter of a query or a field of a body.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Field {
    pub(super) name: &'static str,
    what: &'static str,
    kind: Kind,
    pub(super) needed: bool,
    values: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Texts,
    Flag,
    Number,
    Object,
}

impl Field {
    const fn new(kind: Kind, name: &'static str, what: &'static str) -> Self {
        Self { name, what, kind, needed: false, values: &[] }
    }

    /// A text.
    pub(in crate::http) const fn text(name: &'static str, what: &'static str) -> Self {
        Self::new(Kind::Text, name, what)
    }

    /// Several texts.
    pub(in crate::http) const fn texts(name: &'static str, what: &'static str) -> Self {
        Self::new(Kind::Texts, name, what)
    }

    /// True or false.
    pub(in crate::http) const fn flag(name: &'static str, what: &'static str) -> Self {
        Self::new(Kind::Flag, name, what)
    }

    /// A whole number.
    pub(in crate::http) const fn number(name: &'static str, what: &'static str) -> Self {
        Self::new(Kind::Number, name, what)
    }

    /// An object of any fields.
    pub(in crate::http) const fn object(name: &'static str, what: &'static str) -> Self {
        Self::new(Kind::Object, name, what)
    }

    /// It must be given.
    pub(in crate::http) const fn needed(self) -> Self {
        Self { needed: true, ..self }
    }

    /// It is one of these.
    pub(in crate::http) const fn one_of(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }

    /// Its schema; `null_is_none` where null is the same as not to give it.
    pub(super) fn schema(self, null_is_none: bool) -> Schema {
        let nullable = null_is_none && !self.needed;
        let of = |kind: Type| {
            if nullable { SchemaType::from_iter([kind, Type::Null]) } else { SchemaType::new(kind) }
        };
        let object = |kind| ObjectBuilder::new().schema_type(of(kind)).description(Some(self.what));
        match self.kind {
            Kind::Text if self.values.is_empty() => object(Type::String).into(),
            Kind::Text => {
                let null = nullable.then_some(serde_json::Value::Null);
                let values = self.values.iter().map(|value| (*value).into()).chain(null);
                object(Type::String).enum_values(Some(values)).into()
            }
            Kind::Texts => {
                let items = ObjectBuilder::new().schema_type(Type::String);
                ArrayBuilder::new().schema_type(of(Type::Array)).items(items).description(Some(self.what)).into()
            }
            Kind::Flag => object(Type::Boolean).into(),
            Kind::Number => object(Type::Integer).into(),
            Kind::Object => object(Type::Object).into(),
        }
    }

    /// As a parameter of the query.
    pub(super) fn parameter(self) -> Parameter {
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .description(Some(self.what))
            .required(if self.needed { Required::True } else { Required::False })
            .schema(Some(self.schema(false)))
            .build()
    }
}
