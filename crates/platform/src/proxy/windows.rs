//! Windows keeps it in the registry, for each person.

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The file's address; none where none is named.
#[must_use]
pub fn script() -> Option<String> {
    let settings = windows_registry::CURRENT_USER.open(SETTINGS).ok()?;
    settings.get_string("AutoConfigURL").ok().filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_the_person_named_is_told() {
        let settings = windows_registry::CURRENT_USER.create(SETTINGS).expect("settings of this person");
        let before = settings.get_string("AutoConfigURL").ok();
        for address in ["http://net.example/proxy.pac", ""] {
            settings.set_string("AutoConfigURL", address).expect("a value");
            assert_eq!(script().unwrap_or_default(), address);
        }
        match before {
            Some(before) => settings.set_string("AutoConfigURL", before).expect("the value of before"),
            None => settings.remove_value("AutoConfigURL").expect("no value, as before"),
        }
        assert_eq!(script(), settings.get_string("AutoConfigURL").ok());
    }
}
