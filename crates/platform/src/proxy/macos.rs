//! macOS keeps it with the settings of the network that is in use.

use system_configuration::{
    core_foundation::{number::CFNumber, string::CFString},
    dynamic_store::SCDynamicStoreBuilder,
};

/// The file's address, empty where the network itself is asked for it; none where none is named.
#[must_use]
pub fn script() -> Option<String> {
    let settings = SCDynamicStoreBuilder::new("frontdesk").build()?.get_proxies()?;
    let is_on = |name: &'static str| {
        let found = settings.find(&CFString::from_static_string(name))?.downcast::<CFNumber>()?;
        found.to_i32().map(|value| value == 1)
    };
    if is_on("ProxyAutoConfigEnable").unwrap_or(false) {
        let address = settings.find(&CFString::from_static_string("ProxyAutoConfigURLString"))?;
        return address.downcast::<CFString>().map(|address| address.to_string());
    }
    is_on("ProxyAutoDiscoveryEnable").unwrap_or(false).then(String::new)
}
