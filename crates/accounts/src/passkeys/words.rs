//! Why nothing came of a ceremony, for whoever asked for it.

use std::time::Duration;

use frontdesk_authenticator::{Fault, SiteFault, Unready};

use crate::{
    fault::refused,
    intents::IntentError,
    said::{Reason, Said},
};

impl From<Fault> for IntentError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Keychain(error) => error.into(),
            Fault::PinWait(rest) | Fault::Unready(_, Unready::PinWait(rest)) => wait(rest),
            Fault::Site(fault) => fault.into(),
            fault => {
                let (said, sentence) = words(&fault);
                refused(said, sentence)
            }
        }
    }
}

impl From<SiteFault> for IntentError {
    fn from(fault: SiteFault) -> Self {
        let (reason, sentence) = match fault {
            SiteFault::Insecure => (
                Reason::PasskeySiteInsecure,
                "The instance is not reached over https, so it can have no passkeys. Sign in another way.",
            ),
            SiteFault::NoName => (
                Reason::PasskeySiteNoName,
                "The instance has an address and no name, so it can have no passkeys. Sign in another way.",
            ),
            SiteFault::PublicSuffix => (
                Reason::PasskeySitePublicSuffix,
                "Anybody may have a name beside that of the instance, so it can have no passkeys. Sign in another way.",
            ),
        };
        refused(reason, sentence)
    }
}

fn wait(rest: Duration) -> IntentError {
    let seconds = rest.as_secs() + 1;
    let sentence = format!("The PIN was wrong several times. Wait {seconds} seconds, then try again.");
    IntentError {
        retry_after_seconds: u32::try_from(seconds).ok(),
        ..refused(Said::from(Reason::PasskeyPinWait).detail(seconds), sentence)
    }
}

/// What happened, and the sentence for it.
fn words(fault: &Fault) -> (Said, String) {
    let say = |reason: Reason, sentence: &str| (Said::from(reason), sentence.to_owned());
    let quote = |reason: Reason, sentence: String, detail: &str| (Said::from(reason).detail(detail), sentence);
    match fault {
        Fault::Options(detail) => quote(
            Reason::PasskeyOptions,
            format!("The instance asked for something that is no passkey ({detail}). Tell whoever runs it."),
            detail,
        ),
        Fault::ForeignRelyingParty { rp_id, .. } => quote(
            Reason::PasskeyForeign,
            format!(
                "The instance asked for passkeys of {rp_id}, which is not its own name, so none was used. Tell whoever runs \
                 it."
            ),
            rp_id,
        ),
        Fault::PublicSuffix { rp_id } => quote(
            Reason::PasskeyForeign,
            format!(
                "The instance asked for passkeys of {rp_id}, below which anybody may register, so none was used. Tell \
                 whoever runs it."
            ),
            rp_id,
        ),
        Fault::Unready(_, why) => unready(why),
        Fault::Unknown(_) => {
            say(Reason::PasskeyNoAuthenticator, "This computer has no such place for passkeys. Choose another one.")
        }
        Fault::Attachment => {
            say(Reason::PasskeyOtherKind, "The instance wants a passkey of another kind. Choose another place for it.")
        }
        Fault::Algorithms => say(
            Reason::PasskeyAlgorithms,
            "The instance takes no key of the kind that is made here. Choose another place for the passkey.",
        ),
        Fault::Excluded => say(
            Reason::PasskeyExists,
            "There is a passkey of this account already. Choose another place for a second one.",
        ),
        Fault::NoCredential => say(
            Reason::PasskeyNone,
            "There is no passkey for this instance. Choose another place where you have one, or sign in another way.",
        ),
        Fault::Cancelled => say(Reason::PasskeyCancelled, "This was cancelled, so nothing was done."),
        Fault::TimedOut => say(Reason::PasskeyTimedOut, "Nobody answered in time, so nothing was done. Try again."),
        Fault::Wiped => say(
            Reason::PasskeyWiped,
            "The PIN was wrong eight times, so the passkeys and passwords of this device were removed. Sign in another way, \
             then add a new passkey and remove the old one.",
        ),
        Fault::PinNotSet => say(
            Reason::PasskeyPinNotSet,
            "The security key has no PIN. Set one in its maker's program or in your browser, then try again.",
        ),
        Fault::PinReplug => say(
            Reason::PasskeyPinReplug,
            "The PIN was wrong several times. Take the security key out, plug it in again, and try once more.",
        ),
        Fault::PinBlocked => say(
            Reason::PasskeyPinBlocked,
            "The PIN was wrong too often, so the security key takes none any more. It has to be reset, which removes what is \
             on it.",
        ),
        Fault::NotVerified => {
            say(Reason::PasskeyNotVerified, "The security key did not recognise you, so nothing was done. Try again.")
        }
        Fault::Full => say(
            Reason::PasskeyFull,
            "There is no room for another passkey. Remove one that you do not need, or choose another place.",
        ),
        Fault::Gone => say(
            Reason::PasskeyGone,
            "The phone or the security key went away before it had answered, so nothing was done. Try again.",
        ),
        Fault::Bluetooth(detail) => bluetooth(detail),
        Fault::Unreached(detail) => quote(
            Reason::PasskeyUnreached,
            format!(
                "The phone has read the code and is not reached over the internet ({detail}). Look whether both are online, \
                 then try again."
            ),
            detail,
        ),
        Fault::TooLong => say(Reason::InputTooLong, "This is too long to be kept on this device."),
        Fault::NotKept => no_keychain(""),
        Fault::Damaged => say(
            Reason::PasskeyDamaged,
            "What is kept of the passkeys of this device is damaged. Remove them in Settings and add new ones.",
        ),
        // Those with words of their own do not come here.
        Fault::Device(_) | Fault::Site(_) | Fault::PinWait(_) | Fault::Keychain(_) => failed(&fault.to_string()),
    }
}

fn unready(why: &Unready) -> (Said, String) {
    match why {
        Unready::NoKeychain(detail) => no_keychain(detail),
        Unready::Locked(detail) => (
            Said::from(Reason::VaultLocked).detail(detail),
            "The keychain is locked. Unlock it, then try again.".to_owned(),
        ),
        Unready::NoBluetooth(detail) => bluetooth(detail),
        Unready::BluetoothOff => bluetooth("it is turned off"),
        why => failed(&why.to_string()),
    }
}

fn bluetooth(detail: &str) -> (Said, String) {
    (
        Said::from(Reason::PasskeyBluetooth).detail(detail),
        format!(
            "Phones are heard by Bluetooth, which does not work here ({detail}). Turn it on, or choose another place."
        ),
    )
}

fn no_keychain(detail: &str) -> (Said, String) {
    (
        Said::from(Reason::PasskeyNoKeychain).detail(detail),
        "This computer has no keychain that keeps a passkey. Start one, or use the vault behind a passphrase in Settings."
            .to_owned(),
    )
}

fn failed(detail: &str) -> (Said, String) {
    (Said::from(Reason::PasskeyFailed).detail(detail), format!("The passkey could not be used: {detail}. Try again."))
}
