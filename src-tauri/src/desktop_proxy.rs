//! The proxy that the desktop's own settings name: those of GNOME, which other desktops keep as well. Where they are
//! not there, no proxy is named. A file that would choose a proxy is named, and never run.

use std::rc::Rc;

use frontdesk_accounts::DesktopProxy;
use gtk::gio::{
    Settings, SettingsSchemaSource,
    prelude::{SettingsExt as _, SettingsExtManual as _},
};

const SCHEMA: &str = "org.gnome.system.proxy";

/// Tells what the settings say, now and whenever they change. Needs the thread that draws.
pub(crate) fn follow(tell: impl Fn(DesktopProxy) + 'static) {
    // The library ends the process of who asks for settings that are not installed.
    let installed = SettingsSchemaSource::default().is_some_and(|source| source.lookup(SCHEMA, true).is_some());
    if !installed {
        return tracing::info!("the desktop has no settings of a proxy");
    }
    let settings = Settings::new(SCHEMA);
    let parts = ["http", "https", "socks"].map(|name| settings.child(name));
    let watched = [std::slice::from_ref(&settings), parts.as_slice()].concat();
    let tell = Rc::new(move || tell(of(&read(&settings, &parts))));
    tell();
    for part in watched {
        let tell = tell.clone();
        // What is told holds the settings, and they hold it: they last as long as the app.
        part.connect_changed(None, move |_, _| tell());
    }
}

/// What the settings say, in their own words.
#[derive(Default)]
struct Said {
    mode: String,
    http: (String, i32),
    https: (String, i32),
    socks: (String, i32),
    /// Whether the one for HTTP is meant for everything that has none of its own.
    same: bool,
    ignored: Vec<String>,
    script: String,
}

fn read(settings: &Settings, [http, https, socks]: &[Settings; 3]) -> Said {
    let place = |part: &Settings| (part.string("host").into(), part.int("port"));
    Said {
        mode: settings.string("mode").into(),
        http: place(http),
        https: place(https),
        socks: place(socks),
        same: settings.boolean("use-same-proxy"),
        ignored: settings.strv("ignore-hosts").iter().map(ToString::to_string).collect(),
        script: settings.string("autoconfig-url").into(),
    }
}

fn of(said: &Said) -> DesktopProxy {
    let place = |(host, port): &(String, i32)| {
        let port = u16::try_from(*port).ok().filter(|port| *port != 0)?;
        (!host.is_empty()).then(|| (host.clone(), port))
    };
    match said.mode.as_str() {
        "manual" => DesktopProxy {
            https: place(&said.https).or_else(|| place(&said.http).filter(|_| said.same)),
            socks: place(&said.socks),
            exceptions: said.ignored.clone(),
            script: None,
        },
        "auto" => DesktopProxy { script: Some(said.script.clone()), ..DesktopProxy::default() },
        _ => DesktopProxy::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(mode: &str) -> Said {
        let place = |host: &str| (host.to_owned(), 3128);
        Said {
            mode: mode.to_owned(),
            http: place("http.example"),
            https: place("https.example"),
            socks: place("socks.example"),
            same: true,
            ignored: vec!["*.harbour.example".to_owned()],
            script: "http://net.example/proxy.pac".to_owned(),
        }
    }

    #[test]
    fn what_counts_is_what_the_mode_says() {
        let place = |host: &str| Some((host.to_owned(), 3128));
        let manual = of(&said("manual"));
        assert_eq!((manual.https, manual.socks), (place("https.example"), place("socks.example")));
        assert_eq!((manual.exceptions.len(), manual.script), (1, None));
        let none = (String::new(), 0);
        let one_for_all = of(&Said { https: none.clone(), ..said("manual") });
        assert_eq!(one_for_all.https, place("http.example"));
        let http_alone = of(&Said { https: none, same: false, ..said("manual") });
        assert_eq!(http_alone.https, None, "everything is asked over TLS");
        let script = of(&said("auto"));
        assert_eq!(script.script.as_deref(), Some("http://net.example/proxy.pac"));
        assert_eq!((script.https, script.socks), (None, None), "it is not run, and nothing is made of it");
        for mode in ["none", "", "later"] {
            assert_eq!(of(&said(mode)), DesktopProxy::default());
        }
        assert_eq!(of(&Said { https: ("https.example".to_owned(), -1), same: false, ..said("manual") }).https, None);
    }
}
