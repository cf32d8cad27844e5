//! Providers that speak OpenID Connect.

use http::Method;
use oauth2::AuthType;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{
    Ask, Given, Grant, Kept, Person, ProviderFault, Providers, Step, Target,
    directory::Published,
    discovery::Discovered,
    id_token::{Expected, IdTokenFault, Said, verify},
    person,
    requests::{As, Reading, Telling, read, tell},
    tokens::{App, Server, scopes},
    user_info,
};

/// What every OpenID provider is asked for.
const SCOPES: &[&str] = &["openid", "email", "profile"];

/// One such provider.
pub(super) struct OpenId<'a> {
    pub(super) issuer: Url,
    pub(super) app: App,
    /// What its page is asked for besides.
    pub(super) parameters: &'static [(&'static str, &'static str)],
    /// Whether new scopes need the person to agree again for a refresh token to come.
    pub(super) consent_for_more: bool,
    /// Only people of this hosted domain, in Google's sense.
    pub(super) hosted_domain: Option<&'a str>,
}

impl OpenId<'_> {
    pub(super) async fn authorize(
        &self,
        providers: &Providers,
        at: &Target<'_>,
        ask: &Ask,
    ) -> Result<Url, ProviderFault> {
        let published = providers.directory.published(&*providers.reach, &self.issuer, at.now).await?;
        let mut more = self.parameters.to_vec();
        let mut add = |name, value| {
            if let Some(value) = value {
                more.push((name, value));
            }
        };
        let consent = (self.consent_for_more && !ask.extra_scopes.is_empty()).then_some("consent");
        add("prompt", ask.prompt.as_deref().filter(|prompt| !prompt.is_empty()).or(consent));
        add("login_hint", ask.login_hint.as_deref());
        add("hd", self.hosted_domain);
        let asked = scopes(SCOPES, &[&at.connection.scopes, &ask.extra_scopes]);
        Ok(self.server(&published.discovered).page(at, ask, asked, &more))
    }

    pub(super) async fn redeem(
        &self,
        providers: &Providers,
        at: &Target<'_>,
        code: &str,
        iss: Option<&str>,
        kept: &Kept,
    ) -> Result<Person, ProviderFault> {
        let reach = &providers.reach;
        let published = providers.directory.published(&**reach, &self.issuer, at.now).await?;
        // RFC 9207 §2.4
        let is_named = iss.map_or(!published.discovered.names_itself, |iss| iss == published.discovered.issuer);
        if !is_named {
            return Err(ProviderFault::Issuer);
        }
        let own = scopes(SCOPES, &[&at.connection.scopes]);
        let grant = self.server(&published.discovered).exchange(reach, at, code, kept, own).await?;
        let id_token = grant.id_token.as_ref().ok_or(IdTokenFault::Missing)?;
        let verify = |published: &Published| self.verify(id_token, published, &grant, kept, at);
        let said = match verify(&published) {
            Err(IdTokenFault::Key) => {
                let newer = providers.directory.with_newer_keys(&**reach, &self.issuer, &published, at.now).await?;
                newer.map_or(Err(IdTokenFault::Key), |newer| verify(&newer))?
            }
            said => said?,
        };
        if let Some(domain) = self.hosted_domain
            && !said.hosted_domain.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(domain))
        {
            return Err(ProviderFault::HostedDomain);
        }
        let said = match &published.discovered.userinfo {
            Some(url) if user_info::is_wanted(&said) => {
                let bearer = Some(&grant.access_token);
                let reading = Reading { step: Step::Profile, url, bearer, headers: &[], secrets: &[] };
                let info = user_info::read(&read(&**reach, reading).await?, &said.subject)?;
                user_info::complete(said, info)
            }
            _ => said,
        };
        Ok(self.person(said, grant))
    }

    pub(super) async fn refresh(
        &self,
        providers: &Providers,
        at: &Target<'_>,
        refresh_token: &SecretString,
    ) -> Result<Grant, ProviderFault> {
        let reach = &providers.reach;
        let published = providers.directory.published(&**reach, &self.issuer, at.now).await?;
        self.server(&published.discovered).refresh(reach, refresh_token, at.now).await
    }

    /// Gives a token back (RFC 7009 §2.1). False where the provider takes none.
    pub(super) async fn revoke(
        &self,
        providers: &Providers,
        at: &Target<'_>,
        given: &Given,
    ) -> Result<bool, ProviderFault> {
        let reach = &*providers.reach;
        let published = providers.directory.published(reach, &self.issuer, at.now).await?;
        let Some(url) = &published.discovered.revocation else { return Ok(false) };
        // What renews the rest ends the rest with it.
        let (token, kind) = match &given.refresh {
            Some(token) => (token, "refresh_token"),
            None => (&given.access, "access_token"),
        };
        let (token, secret) = (token.expose_secret(), self.app.secret.expose_secret());
        let in_body = matches!(published.discovered.auth, AuthType::RequestBody);
        let mut form = vec![("token", token), ("token_type_hint", kind)];
        if in_body {
            form.extend([("client_id", self.app.id.as_str()), ("client_secret", secret)]);
        }
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let telling = Telling {
            step: Step::Revocation,
            method: Method::POST,
            url,
            by: if in_body { As::Body } else { As::App(&self.app) },
            headers: &[],
            body: Some(("application/x-www-form-urlencoded", form)),
            secrets: &[token, secret],
        };
        tell(reach, telling).await?;
        Ok(true)
    }

    fn server(&self, at: &Discovered) -> Server<'_> {
        Server {
            app: &self.app,
            authorize: at.authorize.clone(),
            token: at.token.clone(),
            auth: at.auth.clone(),
            commas: false,
        }
    }

    fn verify(
        &self,
        id_token: &SecretString,
        published: &Published,
        grant: &Grant,
        kept: &Kept,
        at: &Target<'_>,
    ) -> Result<Said, IdTokenFault> {
        let expected = Expected {
            issuer: &published.discovered.issuer,
            client_id: &self.app.id,
            nonce: &kept.nonce,
            access_token: &grant.access_token,
            algorithms: &published.discovered.algorithms,
            now: at.now,
        };
        verify(id_token.expose_secret(), &published.keys, &expected)
    }

    fn person(&self, said: Said, grant: Grant) -> Person {
        let (first_name, last_name) =
            person::names(said.given_name.as_deref(), said.family_name.as_deref(), said.name.as_deref());
        let email = person::email(said.email.as_deref());
        Person {
            subject: said.subject,
            email_verified: email.is_some() && said.email_verified,
            email,
            first_name,
            last_name,
            username: person::name(said.username.as_deref()),
            picture: person::picture(said.picture.as_deref(), &self.issuer),
            grant,
        }
    }
}
