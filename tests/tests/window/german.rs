//! The whole of a first use in German: screens, failures and mails.

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role};

#[tokio::test]
async fn a_first_use_in_german_from_the_settings_to_the_mail() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Settings").await?;
    window.choose("Deutsch").await?;
    window.find(Role::Heading, "Einstellungen").await?;
    assert_eq!(window.script("return document.documentElement.lang").await?, "de");
    window.reads("Dein Schlüsselbund funktioniert").await?;
    window.press("Zurück").await?;

    window.press("Konto anlegen").await?;
    window.press("Weiter").await?;
    window.reads("Gib deine E-Mail-Adresse ein.").await?;
    window.enter("E-Mail-Adresse", Person::ADA.address).await?;
    window.enter("Passwort", Person::ADA.password).await?;
    window.press("Weiter").await?;
    window.find(Role::Field, "Bestätigungscode").await?;
    window.press("Postausgang").await?;
    window.reads("ist dein Code für").await?;
    let text = window.text().await?;
    let code = text.split_whitespace().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    window.press("Zurück").await?;
    window.enter("Bestätigungscode", "000000").await?;
    window.reads("Dieser Code ist nicht richtig.").await?;
    window.enter("Bestätigungscode", code.unwrap_or_default()).await?;
    window.find(Role::Part, "Profil").await?;
    window.reads("Dieser Computer").await?;
    window.quit().await?;

    let window = desktop.open().await?;
    window.find(Role::Part, "Profil").await?;
    window.press("Konto verwalten").await?;
    window.find(Role::Part, "Konto löschen").await?;
    window.resize(360, 640).await?;
    let wider = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(window.script(wider).await?, false, "long words find room in a narrow window");
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    Ok(())
}
