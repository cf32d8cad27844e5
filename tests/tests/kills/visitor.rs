//! A browser without a window, at the development provider: it follows where it is sent, and fills in the forms.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use frontdesk_e2e::served::Served;
use reqwest::{Response, StatusCode, header::LOCATION, redirect::Policy};
use url::Url;

/// Most pages and redirects of one visit.
const MOST_STEPS: u32 = 12;

pub(crate) struct Visitor {
    http: reqwest::Client,
    /// The code that went to each address last.
    codes: HashMap<String, String>,
}

impl Visitor {
    pub(crate) fn new() -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build()?;
        Ok(Self { http, codes: HashMap::new() })
    }

    /// Somebody with this address agrees, and shows the code where the provider asks whether it is them. Answers with the
    /// link that leads back to the app.
    pub(crate) async fn agree(&mut self, server: &Served, page: &str, address: &str) -> Result<String> {
        let mut provider = Url::parse(page)?;
        let asked = self.http.get(provider.clone()).send().await?.error_for_status()?.text().await?;
        provider.set_query(None);
        let choice = [
            ("request", hidden(&asked, "request")?),
            ("account", String::new()),
            ("email_address", address.to_owned()),
            ("verified", "yes".to_owned()),
            ("first_name", "Ada".to_owned()),
            ("picture", "none".to_owned()),
            ("decision", "agree".to_owned()),
        ];
        let mut answer = self.post(&provider, &choice).await?;
        for _ in 0..MOST_STEPS {
            if answer.status() == StatusCode::SEE_OTHER {
                let to = answer.headers().get(LOCATION).context("a redirect leads somewhere")?.to_str()?;
                let to = answer.url().join(to)?;
                if to.scheme() != "http" {
                    return Ok(to.into());
                }
                answer = self.http.get(to).send().await?;
                continue;
            }
            ensure!(answer.status() == StatusCode::OK, "{} answers {}", answer.url().path(), answer.status());
            let confirmation = hidden(&answer.text().await?, "confirmation")?;
            let before = self.codes.get(address).cloned().unwrap_or_default();
            let code = server.code_for(address, &before).await?;
            self.codes.insert(address.to_owned(), code.clone());
            let form = [("confirmation", confirmation), ("code", code), ("decision", "agree".to_owned())];
            answer = self.post(&provider, &form).await?;
        }
        bail!("after {MOST_STEPS} steps the browser is at {} still", answer.url().path())
    }

    async fn post(&self, to: &Url, form: &[(&str, String)]) -> Result<Response> {
        let origin = to.origin().ascii_serialization();
        Ok(self.http.post(to.clone()).header("origin", origin).form(form).send().await?)
    }
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> Result<String> {
    let begin = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let value = page.split_once(&begin).and_then(|(_, rest)| rest.split_once('"'));
    Ok(value.with_context(|| format!("there is no {name} in {page}"))?.0.to_owned())
}
