use super::{openid::provider, *};

const ISSUER: &str = "http://127.0.0.1:4000/frontdesk/provider/oauth_google";

#[tokio::test]
async fn the_development_provider_stands_in_for_every_connection() {
    let inside = provider(ISSUER);
    let house = House::new(Arc::new(inside.stand_in.clone()));
    let plain = Connection { enabled: true, hosted_domain: Some("example.com".to_owned()), ..Connection::default() };
    for strategy in ["oauth_google", "oauth_facebook", "oauth_github", "oauth_custom_acme"] {
        let development = Development {
            issuer: ISSUER.parse().unwrap(),
            client_id: "client-1".to_owned(),
            client_secret: SecretString::from("secret of the process"),
        };
        let at = Target { development: Some(development), ..house.at(strategy, &plain) };
        let ask = Ask { prompt: Some("select_account".to_owned()), ..ask() };
        let page = house.providers.authorize(&at, &ask).await.unwrap();
        is_a_code_flow_with_everything(&page);
        assert_eq!(page.as_str().split('?').next(), Some(inside.url("/authorize").as_str()));
        assert_eq!(parameter(&page, "prompt"), "select_account");
        let person = house.providers.redeem(&at, CODE, Some(ISSUER), &kept()).await.unwrap();
        assert_eq!((person.subject.as_str(), person.email_verified), ("1234567890", true));
        house.providers.refresh(&at, &"refresh-1".into()).await.unwrap();
    }
}
