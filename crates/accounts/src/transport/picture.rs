//! Pictures that an instance names: where the app goes for one, and where it does not.

use http::{StatusCode, header::ACCEPT};
use url::{Host, Url};

use super::{Transport, network, read};
use crate::{fault::Fault, view::is_usable};

/// Where an instance shows pictures itself.
const IMAGES: &str = "/v1/images/";
/// Where Clerk shows the pictures of its instances. It is the only place besides the instance's own, and not of the
/// instance's choosing: so an instance can have nobody else asked, least of all somebody in this computer's network.
const CLERK: &str = "img.clerk.com";
/// What makes Clerk send no more than is drawn, in pixels.
const CLERK_WIDTH: &str = "width=256";
/// Largest file of a picture that is read, in bytes.
const LARGEST_PICTURE: usize = 1 << 20;

impl Transport {
    /// The file of a picture, asked for as everybody may; none where there is none, or where the app does not go.
    pub(crate) async fn picture(&self, address: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(url) = place_of(&self.base, address) else { return Ok(None) };
        let call = self.http.get(url).header(ACCEPT, "image/png, image/jpeg, image/webp");
        let response = call.send().await.map_err(|error| network(&error))?;
        match response.status() {
            StatusCode::OK => read(response, LARGEST_PICTURE).await.map(Some),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(Fault::Foreign { status: status.as_u16(), reason: "it is no picture for now".to_owned() })
            }
            _ => Ok(None),
        }
    }
}

/// The address as it is asked for: made anew from the parts that are known, so that nothing else of it counts.
fn place_of(base: &Url, address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut place = base.clone();
    if url.origin() == base.origin() {
        let id = url.path().strip_prefix(IMAGES).filter(|id| is_usable(id))?;
        place.set_path(&format!("{IMAGES}{id}"));
        return Some(place);
    }
    let at_clerk = url.host() == Some(Host::Domain(CLERK)) && url.scheme() == "https" && url.port().is_none();
    if !at_clerk || base.scheme() != "https" {
        return None;
    }
    place.set_host(Some(CLERK)).ok()?;
    place.set_port(None).ok()?;
    place.set_path(url.path());
    place.set_query(Some(CLERK_WIDTH));
    Some(place)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn place(base: &str, address: &str) -> Option<String> {
        place_of(&Url::parse(base).unwrap(), address).map(|url| url.to_string())
    }

    #[test]
    fn pictures_of_the_instance_and_of_clerk_are_asked_for_and_what_is_beside_the_id_is_left_out() {
        let own = "https://clerk.example.com/v1/images/img_1";
        assert_eq!(place("https://clerk.example.com/", own).as_deref(), Some(own));
        assert_eq!(place("https://clerk.example.com/", &format!("{own}?a=b#c")).as_deref(), Some(own));
        let local = "http://127.0.0.1:4599/v1/images/img_1";
        assert_eq!(place("http://127.0.0.1:4599/", local).as_deref(), Some(local));
        assert_eq!(
            place("https://clerk.example.com:8443/", "https://img.clerk.com/eyJ0?width=9000").as_deref(),
            Some("https://img.clerk.com/eyJ0?width=256")
        );
    }

    #[test]
    fn sec_106_no_picture_is_asked_for_anywhere_else() {
        for address in [
            "",
            "img_1",
            "/v1/images/img_1",
            "http://clerk.example.com/v1/images/img_1",
            "https://clerk.example.com:8443/v1/images/img_1",
            "https://clerk.example.com.evil.example/v1/images/img_1",
            "https://user@clerk.example.com/v1/images/img_1",
            "https://:word@clerk.example.com/v1/images/img_1",
            "https://clerk.example.com/v1/client",
            "https://clerk.example.com/v1/images/",
            "https://clerk.example.com/v1/images/../client",
            "https://clerk.example.com/v1/images/%2e%2e/client",
            "https://clerk.example.com/v1/images/a/b",
            "http://img.clerk.com/x",
            "https://img.clerk.com:444/x",
            "https://user@img.clerk.com/x",
            "https://img.clerk.com.evil.example/x",
            "https://www.gravatar.com/avatar/0",
            "http://127.0.0.1/v1/images/img_1",
            "https://192.168.0.1/v1/images/img_1",
            "https://[::1]/v1/images/img_1",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
        ] {
            assert_eq!(place("https://clerk.example.com/", address), None, "{address}");
        }
        // From an instance that is spoken to without TLS nothing leads out of this computer.
        assert_eq!(place("http://127.0.0.1:4599/", "https://img.clerk.com/x"), None);
    }
}
