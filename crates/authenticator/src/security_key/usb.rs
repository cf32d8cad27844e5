//! Keys at the USB ports of this computer.

use std::future::Future;

use webauthn_authenticator_rs::{
    error::WebauthnCError,
    usb::{USBToken, USBTransport},
};

use super::Bus;

/// The USB ports of this computer. On Linux the system has to let the person at the screen use keys, which udev does
/// since version 252 and distributions did before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usb;

impl Bus for Usb {
    type Token = USBToken;
    type Transport = USBTransport;

    fn open(&self) -> impl Future<Output = Result<USBTransport, WebauthnCError>> {
        USBTransport::new()
    }
}
