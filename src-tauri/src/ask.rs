//! `frontdesk token`: asks the app that runs for a session token. It starts nothing, and prints the token and nothing else.

use std::{ffi::OsString, io::Write as _, process::ExitCode};

use clap::{Args, Parser};

use crate::{
    door::{Answer, Request, TokenRequest, Why, ask},
    places::Places,
};

/// The app, and what can be asked of it from a terminal.
#[derive(Parser)]
#[command(name = "frontdesk", version, about)]
enum Command {
    /// Print a session token of an account that is signed in, as the running app gives it out.
    ///
    /// Programs have to be allowed to ask: in Frontdesk, Settings, Programs on this computer. Nothing but the token is
    /// printed; a failure is one sentence on standard error, and a code: 2 wrong arguments, 3 Frontdesk does not run,
    /// 4 programs may not ask, 5 no such account or several, 6 signed out, 7 locked, 8 the instance cannot be reached,
    /// 9 the instance gives none, 1 anything else.
    Token(Token),
}

#[derive(Args)]
struct Token {
    /// The account: an address, a phone number, a user name, or the id of the user or session.
    #[arg(long)]
    account: String,
    /// The instance, where the account does not say which: its name in Frontdesk, its host or its publishable key.
    #[arg(long)]
    instance: Option<String>,
    /// Name of a token template; the session token itself when left out.
    #[arg(long)]
    template: Option<String>,
    /// Id of an organization, empty for none; the active one when left out.
    #[arg(long)]
    organization: Option<String>,
}

/// Whether these arguments, without the program's name, are for a terminal and not for the app.
pub(crate) fn is_meant(arguments: &[OsString]) -> bool {
    arguments
        .first()
        .is_some_and(|first| ["token", "help", "--help", "-h", "--version", "-V"].iter().any(|word| first == word))
}

/// Asks and prints.
pub(crate) fn run(arguments: Vec<OsString>) -> ExitCode {
    #[cfg(windows)]
    frontdesk_platform::console::attach();
    let all = [OsString::from("frontdesk")].into_iter().chain(arguments);
    let Command::Token(Token { account, instance, template, organization }) = Command::parse_from(all);
    let Some(places) = Places::of_this_person() else {
        return failed(1, "Frontdesk finds no folder for its data. Set HOME to yours and try again.");
    };
    let request = Request::Token(TokenRequest { account, instance, template, organization });
    match ask(&places, &request) {
        Ok(Answer::Token(token)) => {
            // Whoever asked may have gone.
            match writeln!(std::io::stdout(), "{token}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(1, &format!("The token could not be printed: {error}.")),
            }
        }
        Ok(Answer::Refused(refused)) => failed(code(refused.why), &refused.message),
        Ok(Answer::Done) => failed(1, "Frontdesk answered with something else. It may be of another version."),
        Err(error) if is_absent(&error) => failed(3, "Frontdesk does not run. Start it, then try again."),
        Err(error) => failed(1, &format!("Frontdesk does not answer: {error}. Try again, or start it anew.")),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, NotFound};
    matches!(error.kind(), NotFound | ConnectionRefused)
}

fn failed(code: u8, sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    ExitCode::from(code)
}

fn code(why: Why) -> u8 {
    match why {
        Why::NotUnderstood => 1,
        Why::NotAllowed => 4,
        Why::NotFound => 5,
        Why::SignedOut => 6,
        Why::Locked => 7,
        Why::Unreachable => 8,
        Why::NotGiven => 9,
    }
}
