//! What an OpenID provider tells of a person besides the ID token (OpenID Connect Core §5.3).

use openidconnect::{EmptyAdditionalClaims, SubjectIdentifier, UserInfoClaims, UserInfoError, core::CoreGenderClaim};

use super::{
    ProviderFault, Step,
    id_token::{Said, one},
};

/// Reads an answer about this subject, and about nobody else (§5.3.2).
pub fn read(document: &[u8], subject: &str) -> Result<Said, ProviderFault> {
    type Claims = UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>;
    let subject = SubjectIdentifier::new(subject.to_owned());
    let read: Result<Claims, UserInfoError<std::convert::Infallible>> = Claims::from_json(document, Some(&subject));
    let claims = read.map_err(|error| ProviderFault::WrongAnswer {
        step: Step::Profile,
        reason: match error {
            UserInfoError::ClaimsVerification(_) => "it told of somebody else",
            _ => "it answered with something else than a person's data",
        },
    })?;
    Ok(Said {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.as_str().to_owned()),
        email_verified: claims.email().is_some() && claims.email_verified() == Some(true),
        given_name: one(claims.given_name()),
        family_name: one(claims.family_name()),
        name: one(claims.name()),
        username: claims.preferred_username().map(|name| name.as_str().to_owned()),
        picture: one(claims.picture()),
        hosted_domain: None,
    })
}

/// Whether there is more to ask about somebody than the ID token says.
pub(super) fn is_wanted(said: &Said) -> bool {
    said.email.is_none() || (said.given_name.is_none() && said.family_name.is_none() && said.name.is_none())
}

/// What the ID token says, and what it leaves out.
pub(super) fn complete(said: Said, info: Said) -> Said {
    Said {
        // The two go together: nothing is said of an address that another document names.
        email_verified: if said.email.is_some() { said.email_verified } else { info.email_verified },
        email: said.email.or(info.email),
        given_name: said.given_name.or(info.given_name),
        family_name: said.family_name.or(info.family_name),
        name: said.name.or(info.name),
        username: said.username.or(info.username),
        picture: said.picture.or(info.picture),
        subject: said.subject,
        hosted_domain: said.hosted_domain,
    }
}
