//! An instance that knows people by phone numbers and user names.

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    window::{Desktop, Keychain, Role, Window, authenticator_with_key, sign_out},
};

/// Phone numbers take the place of addresses.
const BY_PHONE: &str = r#"
[settings.policy.phone_number]
requirement = "required"
[settings.policy.username]
requirement = "optional"
[settings.policy.email_address]
requirement = "off"
"#;
const NUMBER: &str = "+41791234567";
const SPOKEN: &str = "+41 79 123 45 67";
const OTHER: &str = "+41791234568";
const OTHER_SPOKEN: &str = "+41 79 123 45 68";
const PASSWORD: &str = "Lantern-on-the-pier-42";
const NEW_PASSWORD: &str = "Copper-kettle-by-the-window-9";
const WHO: &str = "Phone number or user name";

/// Connects to the server, up to its sign-in screen.
async fn connect(window: &Window, server: &Served) -> Result<()> {
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &server.host()).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Is this the right host?").await?;
    window.press("Connect").await?;
    window.find(Role::Field, WHO).await?;
    Ok(())
}

/// From Welcome to the sign-in screen, and on to the password.
async fn begin_sign_in(window: &Window, server: &Served, who: &str) -> Result<()> {
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    window.choose(&server.host()).await?;
    window.press("Sign in").await?;
    window.enter(WHO, who).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    Ok(())
}

#[tokio::test]
async fn a_number_signs_up_in_and_resets_the_password_and_a_user_name_signs_in() -> Result<()> {
    let server = Served::start(BY_PHONE)?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    window.press("Create an account").await?;
    window.find(Role::Field, "Phone number").await?;
    assert!(!window.has(Role::Field, "Email address").await?);
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    // A country that gets no texts.
    window.enter("Phone number", "+2348021234567").await?;
    window.enter("User name (optional)", "Ada_L").await?;
    window.enter("Password", PASSWORD).await?;
    window.press("Continue").await?;
    window.reads("This instance takes no phone numbers of this country. Use another number.").await?;
    window.enter("Phone number", NUMBER).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Check your phone").await?;
    window.reads(SPOKEN).await?;
    let code = server.code_for(NUMBER, "").await?;
    window.enter("Verification code", &code).await?;
    window.find(Role::Part, "Profile").await?;
    window.reads(SPOKEN).await?;

    sign_out(&window).await?;
    begin_sign_in(&window, &server, "ADA_L").await?;
    window.enter("Password", PASSWORD).await?;
    window.press("Sign in").await?;
    window.find(Role::Part, "Profile").await?;

    sign_out(&window).await?;
    begin_sign_in(&window, &server, SPOKEN).await?;
    window.press("Text a code to +*********67").await?;
    window.find(Role::Heading, "Check your phone").await?;
    let code = server.code_for(NUMBER, &code).await?;
    window.enter("Verification code", &code).await?;
    window.find(Role::Part, "Profile").await?;

    sign_out(&window).await?;
    begin_sign_in(&window, &server, SPOKEN).await?;
    window.press("Forgot your password?").await?;
    window.find(Role::Heading, "Reset your password").await?;
    let code = server.code_for(NUMBER, &code).await?;
    window.enter("Verification code", &code).await?;
    window.enter("New password", NEW_PASSWORD).await?;
    window.press("Set password and sign in").await?;
    window.find(Role::Part, "Profile").await?;
    sign_out(&window).await?;
    begin_sign_in(&window, &server, "ada_l").await?;
    window.enter("Password", NEW_PASSWORD).await?;
    window.press("Sign in").await?;
    window.find(Role::Part, "Profile").await?;
    Ok(())
}

/// From Welcome by user name and password to where the second proof is asked for.
async fn half_way(window: &Window, server: &Served) -> Result<()> {
    begin_sign_in(window, server, "ada_l").await?;
    window.enter("Password", PASSWORD).await?;
    window.press("Sign in").await?;
    window.find(Role::Heading, "Two-step verification").await.map(drop)
}

#[tokio::test]
async fn a_user_name_and_a_password_and_then_an_app_or_a_backup_code() -> Result<()> {
    let server = Served::start(BY_PHONE)?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    window.press("Create an account").await?;
    window.enter("Phone number", NUMBER).await?;
    window.enter("User name (optional)", "ada_l").await?;
    window.enter("Password", PASSWORD).await?;
    window.press("Continue").await?;
    window.enter("Verification code", &server.code_for(NUMBER, "").await?).await?;
    window.find(Role::Part, "Profile").await?;
    window.press("Manage account").await?;
    window.press("Add an authenticator app").await?;
    let mut app = authenticator_with_key(&window).await?;
    window.enter("Verification code", &app.next_code()?).await?;
    window.find(Role::Heading, "Keep your backup codes").await?;
    let shown = window.script("return document.querySelector('.backup-codes li').textContent").await?;
    let backup = shown.as_str().unwrap_or_default().to_owned();
    window.press("I have kept them").await?;
    window.reads("The authenticator app is set up.").await?;
    window.press("Back").await?;
    sign_out(&window).await?;

    half_way(&window, &server).await?;
    window.enter("Verification code", &app.next_code()?).await?;
    window.find(Role::Part, "Profile").await?;
    sign_out(&window).await?;
    half_way(&window, &server).await?;
    window.press("Use another way").await?;
    window.press("Use a backup code").await?;
    window.enter("Backup code", &backup).await?;
    window.press("Verify").await?;
    window.find(Role::Part, "Profile").await?;
    Ok(())
}

#[tokio::test]
async fn another_number_is_added_made_the_primary_one_and_the_first_removed() -> Result<()> {
    let server = Served::start(BY_PHONE)?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    window.press("Create an account").await?;
    window.enter("Phone number", NUMBER).await?;
    window.enter("Password", PASSWORD).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Check your phone").await?;
    window.enter("Verification code", &server.code_for(NUMBER, "").await?).await?;
    window.find(Role::Part, "Profile").await?;

    window.press("Manage account").await?;
    window.find(Role::Part, "Phone numbers").await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press("Add a number").await?;
    window.enter("Phone number", OTHER).await?;
    window.press("Send code").await?;
    window.find(Role::Heading, &format!("Verify {OTHER_SPOKEN}")).await?;
    window.enter("Verification code", "000000").await?;
    window.reads("This code is not right.").await?;
    window.enter("Verification code", &server.code_for(OTHER, "").await?).await?;
    window.reads(&format!("{OTHER_SPOKEN} is yours now.")).await?;
    window.press(&format!("Make primary: {OTHER_SPOKEN}")).await?;
    window.reads(&format!("{OTHER_SPOKEN} is the primary number now.")).await?;
    window.press(&format!("Remove {SPOKEN}")).await?;
    window.find(Role::Dialog, &format!("Remove {SPOKEN}?")).await?;
    window.press("Remove").await?;
    window.reads(&format!("{SPOKEN} was removed.")).await?;

    window.press("Edit name").await?;
    window.enter("User name", "harbour light").await?;
    window.press("Save").await?;
    window.reads("Use Latin letters, digits, - and _ alone.").await?;
    window.enter("User name", "harbour_light").await?;
    window.press("Save").await?;
    window.find(Role::Button, "Edit name").await?;
    window.press("Back").await?;
    window.reads("harbour_light").await?;
    sign_out(&window).await?;
    begin_sign_in(&window, &server, "harbour_light").await
}
