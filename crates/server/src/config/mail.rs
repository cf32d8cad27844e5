//! `[mail]` of `frontdesk.toml`: the mail server that takes the instance's messages.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        AsyncSmtpTransportBuilder, PoolConfig,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters, TlsParametersBuilder},
    },
};
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::{Host, Url};

use crate::delivery::{AT_ONCE, Mailer};

/// Holds the password itself.
const PASSWORD_VARIABLE: &str = "FRONTDESK_MAIL_PASSWORD";
/// Names a file that holds the password.
const PASSWORD_FILE_VARIABLE: &str = "FRONTDESK_MAIL_PASSWORD_FILE";
/// Longest that a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(20);
/// Port for mail from its authors (RFC 6409 §3.1), and the one with TLS from the first byte (RFC 8314 §7.3).
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// The section.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://host[:port]`, with TLS from the first byte, or `smtp://host[:port]`, with STARTTLS.
    url: String,
    /// Whom mails are from, such as `Team <no-reply@example.com>`.
    from: String,
    /// The name to sign in with, if the server asks for one.
    user: Option<String>,
    /// File with the password; `FRONTDESK_MAIL_PASSWORD` and `FRONTDESK_MAIL_PASSWORD_FILE` win.
    password_file: Option<PathBuf>,
    /// Certificates (PEM) to trust instead of the system's.
    ca_file: Option<PathBuf>,
    /// Speaks without TLS, to a server on this computer.
    #[serde(default)]
    unencrypted: bool,
    /// Whether a development instance sends its messages as well as keeping them.
    #[serde(default)]
    send_in_development: bool,
}

/// Why the section cannot be used. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL does not name a mail server.
    #[error(
        "[mail] url must name a mail server, such as smtps://mail.example.com (TLS from the first byte) or \
         smtp://mail.example.com (STARTTLS), with nothing behind the host and the port"
    )]
    Url,
    /// A secret would stand in the file.
    #[error(
        "[mail] url must not hold a name or a password: put the name into `user`, and the password into \
         {PASSWORD_VARIABLE}, or into a file that `password_file` or {PASSWORD_FILE_VARIABLE} names"
    )]
    Secret,
    /// Mail would travel in the open.
    #[error("[mail] unencrypted is for a server on this computer alone: take it out, and the mails travel over TLS")]
    Unencrypted,
    /// The sender is none.
    #[error("[mail] from must be an address such as \"Team <no-reply@example.com>\"")]
    From,
    /// There is a name without a password.
    #[error(
        "[mail] user is given and no password: put it into {PASSWORD_VARIABLE}, or into a file that `password_file` or \
         {PASSWORD_FILE_VARIABLE} names"
    )]
    NoPassword,
    /// There is a password without a name.
    #[error("there is a password for the mail server, but [mail] user is missing")]
    NoUser,
    /// A file cannot be read.
    #[error("cannot read {}, which [mail] needs: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The file holds no certificates.
    #[error("{} holds no certificates in PEM form", .0.display())]
    Certificates(PathBuf),
    /// TLS cannot be set up.
    #[error("TLS for the mail server cannot be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
}

impl MailConfig {
    /// The way to the mail server. The server is not asked yet: that it is away must not keep anybody from signing in.
    pub fn mailer(&self) -> Result<Mailer, MailError> {
        self.mailer_with(self.password()?)
    }

    fn mailer_with(&self, password: Option<SecretString>) -> Result<Mailer, MailError> {
        let from: Mailbox = self.from.parse().map_err(|_| MailError::From)?;
        let mut builder = self.server()?;
        builder = match (&self.user, password) {
            (Some(user), Some(password)) => {
                builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()))
            }
            (Some(_), None) => return Err(MailError::NoPassword),
            (None, Some(_)) => return Err(MailError::NoUser),
            (None, None) => builder,
        };
        Ok(Mailer::new(builder, from, self.send_in_development))
    }

    fn server(&self) -> Result<AsyncSmtpTransportBuilder, MailError> {
        let url = Url::parse(&self.url).map_err(|_| MailError::Url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(MailError::Secret);
        }
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host = url.host().filter(|_| bare).ok_or(MailError::Url)?;
        let (name, on_this_computer) = match host {
            Host::Domain(name) => match name.parse::<std::net::Ipv4Addr>() {
                Ok(address) => (name.to_owned(), address.is_loopback()),
                Err(_) => (name.to_owned(), name == "localhost"),
            },
            Host::Ipv4(address) => (address.to_string(), address.is_loopback()),
            Host::Ipv6(address) => (address.to_string(), address.is_loopback()),
        };
        let (port, tls) = match url.scheme() {
            "smtp" | "smtps" if self.unencrypted && !on_this_computer => return Err(MailError::Unencrypted),
            "smtp" if self.unencrypted => (SUBMISSION, Tls::None),
            "smtp" => (SUBMISSION, Tls::Required(self.tls(&name)?)),
            "smtps" if self.unencrypted => return Err(MailError::Url),
            "smtps" => (SUBMISSIONS, Tls::Wrapper(self.tls(&name)?)),
            _ => return Err(MailError::Url),
        };
        Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(name)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(CONNECT))
            .pool_config(PoolConfig::new().max_size(AT_ONCE)))
    }

    fn tls(&self, host: &str) -> Result<TlsParameters, MailError> {
        let mut builder: TlsParametersBuilder = TlsParameters::builder(host.to_owned());
        if let Some(path) = &self.ca_file {
            let pem = read(path)?;
            let certificates = Certificate::from_pem(pem.expose_secret().as_bytes());
            let certificates = certificates.ok().filter(|_| pem.expose_secret().contains("BEGIN CERTIFICATE"));
            let certificates = certificates.ok_or_else(|| MailError::Certificates(path.clone()))?;
            builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates);
        }
        builder.build_rustls().map_err(MailError::Tls)
    }

    fn password(&self) -> Result<Option<SecretString>, MailError> {
        if let Some(text) = env::var_os(PASSWORD_VARIABLE) {
            return Ok(Some(SecretString::from(text.to_string_lossy().into_owned())));
        }
        let file = env::var_os(PASSWORD_FILE_VARIABLE).map(PathBuf::from).or_else(|| self.password_file.clone());
        let text = file.as_deref().map(read).transpose()?;
        // Editors end a file with a new line, which is no part of the password.
        Ok(text.map(|text| SecretString::from(text.expose_secret().trim_end_matches(['\r', '\n']))))
    }
}

fn read(path: &Path) -> Result<SecretString, MailError> {
    let text = fs::read_to_string(path).map_err(|error| MailError::Read { path: path.to_owned(), error })?;
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn mailer(section: &str, password: Option<&str>) -> Result<Mailer, MailError> {
        let config: MailConfig = toml::from_str(section).unwrap();
        config.mailer_with(password.map(SecretString::from))
    }

    fn with_url(url: &str, more: &str) -> Result<Mailer, MailError> {
        mailer(&format!("url = {url:?}\nfrom = \"no-reply@example.com\"\n{more}"), None)
    }

    #[tokio::test]
    async fn a_mail_server_is_named_by_its_url() {
        for url in ["smtps://mail.example.com", "smtp://mail.example.com:2525/", "smtp://192.0.2.1", "smtps://[::1]:1"]
        {
            with_url(url, "").unwrap();
        }
        for url in
            ["", "mail.example.com", "https://mail.example.com", "smtp://", "smtp://a.example/x", "smtp://a?tls=no"]
        {
            assert!(matches!(with_url(url, ""), Err(MailError::Url)), "{url}");
        }
        let sender = mailer("url = \"smtp://a.example\"\nfrom = \"nobody\"", None);
        assert!(matches!(sender, Err(MailError::From)));
        mailer("url = \"smtp://a.example\"\nfrom = \"The Team <team@example.com>\"", None).unwrap();
    }

    #[tokio::test]
    async fn mail_never_travels_in_the_open() {
        for url in ["smtp://localhost:1025", "smtp://127.0.0.1:1025", "smtp://[::1]:1025"] {
            with_url(url, "unencrypted = true").unwrap();
        }
        for url in
            ["smtp://mail.example.com", "smtps://mail.example.com", "smtp://192.0.2.1", "smtp://localhost.example"]
        {
            assert!(matches!(with_url(url, "unencrypted = true"), Err(MailError::Unencrypted)), "{url}");
        }
    }

    #[tokio::test]
    async fn sec_100_the_password_is_not_in_the_file_and_never_shown() {
        for url in
            ["smtps://ada:hunter2@mail.example.com", "smtps://ada@mail.example.com", "smtps://:hunter2@a.example"]
        {
            let refused = with_url(url, "").unwrap_err();
            assert!(matches!(refused, MailError::Secret) && !refused.to_string().contains("hunter2"), "{refused}");
        }
        let section = "url = \"smtps://a.example\"\nfrom = \"a@example.com\"\nuser = \"ada\"";
        assert!(matches!(mailer(section, None), Err(MailError::NoPassword)));
        assert!(matches!(mailer(&section[..section.len() - 13], Some("hunter2")), Err(MailError::NoUser)));
        let mailer = mailer(section, Some("hunter2")).unwrap();
        assert_eq!(format!("{mailer:?}"), "Mailer(…)");

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, " hunter2 \r\n").unwrap();
        let config: MailConfig = toml::from_str(&format!("{section}\npassword_file = {path:?}")).unwrap();
        assert_eq!(config.password().unwrap().unwrap().expose_secret(), " hunter2 ");
        fs::remove_file(&path).unwrap();
        assert!(config.mailer().unwrap_err().to_string().contains("password"), "the file is named");
    }

    #[tokio::test]
    async fn certificates_are_read_when_the_server_starts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let more = format!("ca_file = {path:?}");
        assert!(matches!(with_url("smtps://a.example", &more), Err(MailError::Read { .. })));
        fs::write(&path, "a letter").unwrap();
        assert!(matches!(with_url("smtps://a.example", &more), Err(MailError::Certificates(_))));
        fs::write(&path, rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap().cert.pem()).unwrap();
        with_url("smtps://a.example", &more).unwrap();
    }
}
