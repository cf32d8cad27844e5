//! The settings of the instance as everybody may read them.

use std::collections::BTreeMap;

use frontdesk_identity::{Policy, Requirement, Strategy, time::MINUTE};
use frontdesk_wire::{
    Environment, KeyKind,
    environment::{
        Actions, ApiKeysSettings, AttackProtection, Attribute, Attributes, AuthConfig, DisplayConfig,
        EmailLinkProtection, FraudSettings, NativeFraudSettings, NativeSettings, OrganizationSettings, PasskeySettings,
        PasswordSettings, Restrictions, SignInSettings, SignUpSettings, Social, Toggle, UserLockout, UserSettings,
        UsernameSettings,
    },
};
use serde_json::json;

use crate::{
    providers::{Connection, display_name, logo_url},
    settings::Settings,
    views::identifiers,
};

/// What counts as a special character in a password, as components show it; every other one counts too.
const SPECIAL_CHARACTERS: &str = "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~";

/// Builds the environment of an instance.
#[must_use]
pub fn environment(settings: &Settings, kind: KeyKind, instance_id: &str) -> Environment {
    let body = instance_id.strip_prefix("ins_").unwrap_or(instance_id);
    Environment {
        auth_config: auth_config(settings, kind, body),
        display_config: display_config(settings, kind, body),
        user_settings: user_settings(settings),
        organization_settings: OrganizationSettings {
            max_allowed_memberships: 5,
            creator_role: "org:admin".to_owned(),
            ..OrganizationSettings::default()
        },
        fraud_settings: FraudSettings {
            object: "fraud_settings".to_owned(),
            native: NativeFraudSettings { device_attestation_mode: "disabled".to_owned() },
        },
        api_keys_settings: ApiKeysSettings::default(),
        maintenance_mode: false,
        client_debug_mode: false,
        partitioned_cookies: false,
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn on_off(requirement: Requirement) -> String {
    match requirement {
        Requirement::Off => "off",
        Requirement::Optional => "on",
        Requirement::Required => "required",
    }
    .to_owned()
}

/// Strategies of the first factor, in the order in which they are offered.
fn first_factors(settings: &Settings) -> Vec<String> {
    let policy = &settings.policy;
    let (mail, phone) = (policy.email_address.requirement.is_on(), &policy.phone_number);
    let offered = [
        (policy.password.requirement.is_on(), Strategy::Password),
        (mail && policy.email_address.sign_in_by_code, Strategy::EmailCode),
        (phone.requirement.is_on() && phone.sign_in_by_code, Strategy::PhoneCode),
        (policy.password.requirement.is_on() && mail, Strategy::ResetPasswordEmailCode),
        (policy.password.requirement.is_on() && phone.requirement.is_on(), Strategy::ResetPasswordPhoneCode),
        (policy.passkeys.enabled, Strategy::Passkey),
    ];
    let offered = offered.into_iter().filter(|(on, _)| *on).map(|(_, strategy)| strategy.as_str().to_owned());
    offered.chain(sign_in_connections(settings)).collect()
}

/// Strategies of the second factor that users may turn on.
fn second_factors(policy: &Policy) -> Vec<String> {
    let offered = [
        (policy.second_factors.authenticator_app, Strategy::Totp),
        (policy.offers_second_phone(), Strategy::PhoneCode),
        (policy.second_factors.backup_codes, Strategy::BackupCode),
    ];
    offered.into_iter().filter(|(on, _)| *on).map(|(_, strategy)| strategy.as_str().to_owned()).collect()
}

/// Strategies of the providers by which people come in.
fn sign_in_connections(settings: &Settings) -> impl Iterator<Item = String> {
    let on = settings.connections.iter().filter(|(_, connection)| connection.enabled && connection.authenticatable);
    on.map(|(strategy, _)| strategy.clone())
}

fn auth_config(settings: &Settings, kind: KeyKind, body: &str) -> AuthConfig {
    let policy = &settings.policy;
    let development = kind == KeyKind::Development;
    AuthConfig {
        object: "auth_config".to_owned(),
        id: format!("aac_{body}"),
        first_name: on_off(policy.first_name),
        last_name: on_off(policy.last_name),
        email_address: on_off(policy.email_address.requirement),
        phone_number: on_off(policy.phone_number.requirement),
        username: on_off(policy.username.requirement),
        password: on_off(policy.password.requirement),
        identification_requirements: requirements(policy),
        identification_strategies: identifiers(policy).into_iter().chain(sign_in_connections(settings)).collect(),
        first_factors: first_factors(settings),
        second_factors: second_factors(policy),
        email_address_verification_strategies: words(&["email_code"]),
        reverification: policy.reverification,
        single_session_mode: policy.sessions.single_session,
        test_mode: policy.test_mode,
        cookieless_dev: development,
        url_based_session_syncing: development,
        native_settings: NativeSettings {
            object: "native_settings".to_owned(),
            api_enabled: settings.native_api,
            ..NativeSettings::default()
        },
        ..AuthConfig::default()
    }
}

/// What sign-up demands: each entry is a list of identifiers of which one is needed.
fn requirements(policy: &Policy) -> Vec<Vec<String>> {
    let kinds = [
        ("email_address", policy.email_address.requirement),
        ("phone_number", policy.phone_number.requirement),
        ("username", policy.username.requirement),
    ];
    let required = kinds.into_iter().filter(|(_, requirement)| *requirement == Requirement::Required);
    required.map(|(kind, _)| words(&[kind])).collect()
}

fn display_config(settings: &Settings, kind: KeyKind, body: &str) -> DisplayConfig {
    // There are no pages of the instance's own to sign in on, so each application has its own, under the paths that the
    // SDKs' guides use. SDKs take them as pages of the application that reads them.
    let page = str::to_owned;
    let preferred = if settings.policy.password.requirement.is_on() { "password" } else { "otp" };
    DisplayConfig {
        object: "display_config".to_owned(),
        id: format!("display_config_{body}"),
        instance_environment_type: kind.as_str().to_owned(),
        application_name: settings.application_name.clone(),
        theme: json!({}),
        preferred_sign_in_strategy: preferred.to_owned(),
        home_url: page("/"),
        sign_in_url: page("/sign-in"),
        sign_up_url: page("/sign-up"),
        user_profile_url: page("/user-profile"),
        waitlist_url: page("/waitlist"),
        oauth_consent_url: page("/oauth-consent"),
        after_sign_in_url: page("/"),
        after_sign_up_url: page("/"),
        after_sign_out_one_url: page("/"),
        after_sign_out_all_url: page("/"),
        after_switch_session_url: page("/"),
        after_join_waitlist_url: page("/"),
        organization_profile_url: page("/organization-profile"),
        create_organization_url: page("/create-organization"),
        after_leave_organization_url: page("/"),
        after_create_organization_url: page("/"),
        logo_link_url: page("/"),
        support_email: settings.support_email.clone(),
        show_devmode_warning: kind == KeyKind::Development,
        ..DisplayConfig::default()
    }
}

fn user_settings(settings: &Settings) -> UserSettings {
    let policy = &settings.policy;
    UserSettings {
        attributes: attributes(policy),
        social: social(&settings.connections),
        sign_in: SignInSettings::default(),
        sign_up: SignUpSettings {
            captcha_widget_type: "smart".to_owned(),
            progressive: true,
            mode: policy.restrictions.sign_up_mode.as_str().to_owned(),
            ..SignUpSettings::default()
        },
        saml: Toggle::default(),
        enterprise_sso: Toggle::default(),
        restrictions: restrictions(policy),
        password_settings: password_settings(settings),
        username_settings: UsernameSettings {
            min_length: Some(i64::from(policy.username.min_length)),
            max_length: Some(i64::from(policy.username.max_length)),
            ..UsernameSettings::default()
        },
        actions: Actions { delete_self: policy.delete_self, ..Actions::default() },
        attack_protection: AttackProtection {
            user_lockout: UserLockout {
                enabled: true,
                max_attempts: i64::from(policy.lockout.max_attempts),
                duration_in_minutes: policy.lockout.duration_ms.saturating_add(MINUTE - 1) / MINUTE,
            },
            pii: Toggle { enabled: true },
            email_link: EmailLinkProtection { require_same_client: true },
            enumeration_protection: Toggle { enabled: policy.enumeration_protection },
        },
        passkey_settings: passkey_settings(policy),
    }
}

fn restrictions(policy: &Policy) -> Restrictions {
    let rules = &policy.restrictions;
    let toggle = |enabled: bool| Toggle { enabled };
    Restrictions {
        allowlist: toggle(rules.allowlist),
        blocklist: toggle(rules.blocklist),
        // Whoever has an account is shut out by a ban.
        allowlist_blocklist_disabled_on_sign_in: toggle(true),
        block_email_subaddresses: toggle(rules.block_email_subaddresses),
        block_disposable_email_domains: toggle(rules.block_disposable_email_domains),
    }
}

/// Providers that are on, by strategy.
fn social(connections: &BTreeMap<String, Connection>) -> BTreeMap<String, Social> {
    let on = connections.iter().filter(|(_, connection)| connection.enabled);
    on.map(|(strategy, connection)| {
        let shown = Social {
            enabled: true,
            authenticatable: connection.authenticatable,
            block_email_subaddresses: connection.block_email_subaddresses,
            strategy: strategy.clone(),
            name: display_name(strategy, connection),
            logo_url: logo_url(strategy, connection),
            ..Social::default()
        };
        (strategy.clone(), shown)
    })
    .collect()
}

fn attributes(policy: &Policy) -> Attributes {
    let of = |requirement: Requirement| Attribute {
        enabled: requirement.is_on(),
        required: requirement == Requirement::Required,
        ..Attribute::default()
    };
    let second = |on: bool, strategy: Strategy| Attribute {
        enabled: on,
        used_for_second_factor: on,
        second_factors: if on { words(&[strategy.as_str()]) } else { Vec::new() },
        verifications: if on && strategy == Strategy::Totp { words(&["totp"]) } else { Vec::new() },
        ..Attribute::default()
    };
    let (email, phone) = (&policy.email_address, &policy.phone_number);
    let password_on = policy.password.requirement.is_on();
    Attributes {
        email_address: Attribute {
            used_for_first_factor: email.requirement.is_on(),
            first_factors: if email.sign_in_by_code { words(&["email_code"]) } else { Vec::new() },
            verifications: words(&["email_code"]),
            verify_at_sign_up: email.verify_at_sign_up,
            ..of(email.requirement)
        },
        phone_number: Attribute {
            used_for_first_factor: phone.requirement.is_on(),
            first_factors: if phone.requirement.is_on() && phone.sign_in_by_code {
                words(&["phone_code"])
            } else {
                Vec::new()
            },
            verifications: if phone.requirement.is_on() { words(&["phone_code"]) } else { Vec::new() },
            verify_at_sign_up: phone.requirement.is_on() && phone.verify_at_sign_up,
            used_for_second_factor: policy.offers_second_phone(),
            second_factors: if policy.offers_second_phone() { words(&["phone_code"]) } else { Vec::new() },
            ..of(phone.requirement)
        },
        username: Attribute {
            used_for_first_factor: policy.username.requirement.is_on(),
            ..of(policy.username.requirement)
        },
        first_name: of(policy.first_name),
        last_name: of(policy.last_name),
        password: Attribute {
            used_for_first_factor: password_on,
            first_factors: if password_on { words(&["password"]) } else { Vec::new() },
            ..of(policy.password.requirement)
        },
        authenticator_app: second(policy.second_factors.authenticator_app, Strategy::Totp),
        backup_code: second(policy.second_factors.backup_codes, Strategy::BackupCode),
        passkey: Attribute {
            enabled: policy.passkeys.enabled,
            used_for_first_factor: policy.passkeys.enabled,
            first_factors: if policy.passkeys.enabled { words(&["passkey"]) } else { Vec::new() },
            verifications: if policy.passkeys.enabled { words(&["passkey"]) } else { Vec::new() },
            ..Attribute::default()
        },
        ..Attributes::default()
    }
}

fn passkey_settings(policy: &Policy) -> PasskeySettings {
    let passkeys = &policy.passkeys;
    PasskeySettings {
        allow_autofill: passkeys.enabled && passkeys.allow_autofill,
        show_sign_in_button: passkeys.enabled && passkeys.show_sign_in_button,
        satisfies_second_factor: passkeys.satisfies_second_factor,
    }
}

fn password_settings(settings: &Settings) -> PasswordSettings {
    let (password, breaches) = (&settings.policy.password, &settings.breaches);
    PasswordSettings {
        disable_hibp: !breaches.enabled,
        disable_password_reverification: false,
        enforce_hibp_on_sign_in: breaches.enabled && breaches.at_sign_in,
        show_zxcvbn: password.show_strength,
        min_zxcvbn_strength: i64::from(password.min_strength),
        min_length: i64::from(password.effective_min()),
        max_length: i64::from(password.effective_max()),
        require_special_char: password.require_special_char,
        require_numbers: password.require_numbers,
        require_uppercase: password.require_uppercase,
        require_lowercase: password.require_lowercase,
        allowed_special_characters: SPECIAL_CHARACTERS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_development_instance_says_what_it_does() {
        let settings = Settings::new(KeyKind::Development);
        let shown = environment(&settings, KeyKind::Development, "ins_abc");
        let auth = &shown.auth_config;
        assert_eq!((auth.email_address.as_str(), auth.password.as_str()), ("required", "required"));
        assert_eq!(
            (auth.first_name.as_str(), auth.username.as_str(), auth.phone_number.as_str()),
            ("on", "off", "off")
        );
        assert_eq!(
            auth.first_factors,
            ["password", "email_code", "reset_password_email_code", "passkey", "oauth_google"]
        );
        assert!(auth.test_mode && auth.native_settings.api_enabled && !auth.single_session_mode);
        let users = &shown.user_settings;
        assert!(users.attributes.email_address.verify_at_sign_up && users.actions.delete_self);
        assert!(!users.sign_up.captcha_enabled && users.password_settings.disable_hibp);
        assert_eq!((users.password_settings.min_length, users.password_settings.max_length), (8, 256));
        let passkeys = &users.passkey_settings;
        assert!(users.attributes.passkey.enabled && !passkeys.allow_autofill && passkeys.show_sign_in_button);
        assert!(!passkeys.satisfies_second_factor && !users.attributes.passkey.used_for_second_factor);
        assert_eq!(users.attack_protection.user_lockout.duration_in_minutes, 60);
        assert_eq!(shown.display_config.instance_environment_type, "development");
        let pages = [&shown.display_config.sign_in_url, &shown.display_config.after_sign_in_url];
        assert_eq!(pages, ["/sign-in", "/"], "pages of the application that reads them");
    }

    #[test]
    fn where_passkeys_are_off_nothing_offers_one() {
        let mut settings = Settings::new(KeyKind::Development);
        settings.policy.passkeys.allow_autofill = true;
        assert!(environment(&settings, KeyKind::Development, "ins_abc").user_settings.passkey_settings.allow_autofill);
        settings.policy.passkeys.enabled = false;
        let shown = environment(&settings, KeyKind::Development, "ins_abc");
        assert!(!shown.auth_config.first_factors.contains(&"passkey".to_owned()));
        let users = &shown.user_settings;
        assert!(!users.attributes.passkey.enabled && users.attributes.passkey.first_factors.is_empty());
        assert!(!users.passkey_settings.allow_autofill && !users.passkey_settings.show_sign_in_button);
    }

    #[test]
    fn sec_44_there_are_no_composition_rules_unless_they_are_asked_for() {
        let shown = environment(&Settings::new(KeyKind::Production), KeyKind::Production, "ins_x");
        let rules = &shown.user_settings.password_settings;
        assert!(!rules.require_uppercase && !rules.require_lowercase && !rules.require_numbers);
        assert!(!rules.require_special_char);
        assert_eq!((rules.show_zxcvbn, rules.min_zxcvbn_strength), (false, 0));
        assert_eq!((rules.disable_hibp, rules.enforce_hibp_on_sign_in), (false, false));
        assert!(shown.user_settings.attack_protection.enumeration_protection.enabled);
        assert!(!shown.auth_config.test_mode && !shown.display_config.show_devmode_warning);
    }
}
