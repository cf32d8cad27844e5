//! Everything that keeps a file from being used, told at once.

use std::{fs, path::Path};

use frontdesk_wire::KeyKind;
use toml::Table;

use super::{Config, MailConfig};
use crate::{doors::Tls, public_url::PublicUrl, redirects, settings::Settings};

/// What is wrong with a file, and what its owner may not have meant. Holds no secret.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Reasons why it cannot be used, each with its line where that is known.
    pub faults: Vec<String>,
    /// What can be used, and may still surprise.
    pub remarks: Vec<String>,
}

/// Looks at a file, and at the files that it names.
#[must_use]
pub fn check_file(path: &Path) -> Findings {
    match fs::read_to_string(path) {
        Ok(text) => check(&text),
        Err(error) => Findings { faults: vec![format!("the file cannot be read: {error}")], ..Findings::default() },
    }
}

fn check(text: &str) -> Findings {
    let mut findings = Findings::default();
    let Ok(table) = text.parse::<Table>() else {
        // What it is not, the parser of the whole says best.
        findings.faults.extend(Config::parse(text).err());
        return findings;
    };
    let mut good = Table::new();
    for (key, value) in table {
        let alone = Table::from_iter([(key.clone(), value.clone())]);
        match alone.try_into::<Config>() {
            Ok(_) => drop(good.insert(key, value)),
            Err(error) => {
                let reason = error.message().lines().collect::<Vec<_>>().join(", ");
                findings.faults.push(format!("{}`{key}`: {reason}", place(text, &key)));
            }
        }
    }
    if let Ok(config) = good.try_into::<Config>() {
        look_at(&config, text, &mut findings);
    }
    findings
}

fn look_at(config: &Config, text: &str, findings: &mut Findings) {
    let kind = config.kind().unwrap_or(KeyKind::Development);
    let faults = &mut findings.faults;
    let mut url = None;
    if let Some(named) = &config.public_url {
        match PublicUrl::parse(named).and_then(|url| url.check(kind).map(|()| url)) {
            Ok(usable) => url = Some(usable),
            Err(error) => faults.push(format!("{}`public_url`: {error}", place(text, "public_url"))),
        }
    }
    if let Some(error) = config.mail.as_ref().and_then(|mail| MailConfig::mailer(mail).err()) {
        faults.push(format!("{}{error}", place(text, "mail")));
    }
    if let Some(files) = &config.tls {
        if let Err(error) = Tls::read(files.clone()) {
            faults.push(format!("{}{error}", place(text, "tls")));
        }
        if url.as_ref().is_some_and(|url| !url.is_https()) {
            let what =
                "`public_url` must begin with https:// where there is a certificate, and with http:// it does not";
            faults.push(format!("{}{what}", place(text, "public_url")));
        }
    }
    if let Some(address) = config.metrics.filter(|address| !address.ip().to_canonical().is_loopback()) {
        if kind == KeyKind::Development {
            let what = "listens on this computer only, and so do its figures";
            faults.push(format!("{}`metrics`: a development instance {what}: use 127.0.0.1", place(text, "metrics")));
        } else {
            findings.remarks.push(format!("whoever reaches {address} can read the figures: keep others from it"));
        }
    }
    let settings = Settings::load(&Settings::new(kind).to_document(), &config.settings(), kind);
    if let (Ok(settings), Some(url)) = (&settings, &url) {
        findings.remarks.extend(to_register(settings, url));
    }
    for fault in settings.err().into_iter().flatten() {
        let said = fault.to_string();
        let key = said.split('`').nth(1).unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
        findings.faults.push(format!("{}{said}", place(text, &key)));
    }
    if kind == KeyKind::Production {
        if config.mail.is_none() {
            findings.remarks.push("there is no [mail], so that codes will not be sent".to_owned());
        }
        if config.public_url.is_none() {
            findings.remarks.push("there is no `public_url`: `serve` needs --public-url the first time".to_owned());
        }
    }
}

/// What has to be registered at providers.
fn to_register(settings: &Settings, url: &PublicUrl) -> Vec<String> {
    let own =
        settings.connections.iter().filter(|(_, connection)| connection.enabled && connection.client_id.is_some());
    let told = |strategy: &String| {
        format!("the redirect URI to register for {strategy} is {}", url.at(&redirects::callback(strategy)))
    };
    own.map(|(strategy, _)| told(strategy)).collect()
}

/// The line where a key or a section is named first, in front of what is said of it.
fn place(text: &str, key: &str) -> String {
    let names = |line: &str| {
        let line = line.trim_start();
        let section = line.trim_start_matches('[').trim_end();
        let after = |line: &str| line.strip_prefix(key).map(|rest| rest.trim_start().to_owned());
        !key.is_empty()
            && (after(line).is_some_and(|rest| rest.starts_with('='))
                || (line.starts_with('[') && after(section).is_some_and(|rest| rest.starts_with([']', '.']))))
    };
    text.lines().position(names).map_or_else(String::new, |line| format!("line {}: ", line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once_with_its_line() {
        let findings = check(
            "environment = \"production\"\npublic_url = \"http://auth.example.com\"\npublik = 1\nmetrics = \"here\"\n\
             [tls]\ncertificate = \"/nonexistent/cert.pem\"\nkey = \"/nonexistent/key.pem\"\n\
             [mail]\nurl = \"ftp://mail.example.com\"\nfrom = \"team@example.com\"\n\
             [settings]\nnonsense = true\n[settings.policy]\ntest_mode = true\n[settings.limits]\ncreate = 0\n",
        );
        let said = findings.faults.join("\n");
        for words in [
            "line 2: `public_url`: a production instance needs",
            "line 3: `publik`: unknown field",
            "line 4: `metrics`: ",
            "line 5: cannot read /nonexistent/cert.pem",
            "line 8: [mail] url must name a mail server",
            "line 12: `nonsense` is not a setting",
            "line 14: test addresses exist",
            "line 16: `limits.create`: must be at least 1",
        ] {
            assert!(said.contains(words), "{words}\n{said}");
        }
        assert_eq!(findings.faults.len(), 8, "{said}");
    }

    #[test]
    fn sec_100_no_secret_is_repeated() {
        let findings = check(
            "[mail]\nurl = \"smtp://ada:hunter2@mail.example.com\"\nfrom = \"a@example.com\"\npassword = \"hunter2\"",
        );
        assert!(!findings.faults.is_empty() && !findings.faults.join("\n").contains("hunter2"), "{findings:?}");
        let findings = check("[mail]\npassword = hunter2");
        assert!(findings.faults[0].contains("line 2") && !findings.faults[0].contains("hunter2"), "{findings:?}");
    }

    #[test]
    fn a_good_file_has_no_faults_and_may_have_remarks() {
        assert_eq!(check(""), Findings::default());
        assert_eq!(check("[settings]\napplication_name = \"Team\""), Findings::default());
        let findings = check("environment = \"production\"\nmetrics = \"10.0.0.7:9464\"");
        assert_eq!((findings.faults.len(), findings.remarks.len()), (0, 3), "{findings:?}");
        let google =
            "[settings.connections.oauth_google]\nclient_id = \"a\"\nclient_secret_file = \"b\"\nenabled = true";
        let findings = check(&format!("public_url = \"http://127.0.0.1:4010\"\n{google}"));
        let said = "the redirect URI to register for oauth_google is http://127.0.0.1:4010/v1/oauth_callback";
        assert_eq!(findings, Findings { remarks: vec![said.to_owned()], ..Findings::default() });
        let acme = google.replace("oauth_google", "oauth_custom_acme")
            + "\nissuer = \"https://login.acme.example\"\nname = \"Acme\"";
        let findings = check(&format!("public_url = \"http://127.0.0.1:4010\"\n{acme}"));
        assert!(findings.remarks[0].ends_with(" http://127.0.0.1:4010/v1/callbacks/oauth_custom_acme"), "{findings:?}");
        let findings = check("metrics = \"10.0.0.7:9464\"");
        assert_eq!(findings.faults.len(), 1, "{findings:?}");
    }
}
