//! `frontdesk-server`: an instance of your own, from the command line.

use std::{
    io::IsTerminal as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Result, anyhow};
use clap::{Args, Parser, Subcommand, ValueEnum};
use frontdesk_identity::{Recipient, UserId, time::HOUR};
use frontdesk_server::{
    audit::{AuditLayer, Entries, events},
    clock::SystemClock,
    config::{self, Findings, check_file},
    copies::{self, CopiesError},
    delivery::{Language, preview},
    dev::{self, DevOptions},
    doors::TlsFiles,
    offline::Data,
    public_url::PublicUrl,
    random::SystemRandom,
    rotation,
    serve::{ServeOptions, Server},
    settings::Settings,
};
use frontdesk_store::{AuditEntry, Tally};
use frontdesk_wire::{KeyKind, OutboxMessage};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// An instance compatible with Clerk's Frontend API.
#[derive(Parser)]
#[command(version, about)]
struct Program {
    /// How the log is written, to standard error; `FRONTDESK_LOG` says how much of it.
    #[arg(long, value_enum, default_value = "text", env = "FRONTDESK_LOG_FORMAT", global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Serve an instance; a new one is made if there is none.
    Serve(Serve),
    /// Serve a development instance on this computer, without any set-up, and print what applications need.
    Dev(Dev),
    /// Print the keys that applications are set up with, as one JSON object; list, make, roll or revoke secret keys.
    Keys(Keys),
    /// Print the messages that a development instance kept instead of sending them.
    Outbox(Outbox),
    /// Say everything that is wrong with a configuration file, without serving.
    CheckConfig {
        /// Settings (frontdesk.toml).
        #[arg(value_name = "FILE")]
        config: PathBuf,
    },
    /// Print every message as it would be sent, with example values.
    PreviewMessages {
        /// Settings (frontdesk.toml).
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// The language.
        #[arg(long, value_parser = ["en", "de"], default_value = "en")]
        language: String,
    },
    /// Print what may stand in a configuration file, as a JSON Schema, which editors complete keys by.
    ConfigSchema,
    /// Print what happened to accounts, by whom and when, oldest first.
    Audit(Audit),
    /// Write everything into a file, sealed as it is; the instance key is no part of it. Servers may go on meanwhile.
    Backup(Moved),
    /// Write a backup into a new, empty database. The instance key has to be in its place.
    Restore(Moved),
    /// Copy everything from one database into another one that is new and empty.
    Copy(Copied),
    /// Replace keys: the one that signs tokens, as a routine, or the instance key and all that hangs on it.
    RotateKey(Rotation),
}

#[derive(Args)]
struct Where {
    /// Folder of the instance: its database, unless one is named, and its key.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// PostgreSQL database to use instead of the file in the folder.
    #[arg(long, value_name = "URL", env = "FRONTDESK_DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
}

#[derive(Args)]
struct Keys {
    /// Folder of the instance.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL database to use instead of the file in the folder.
    #[arg(long, value_name = "URL", env = "FRONTDESK_DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
    #[command(subcommand)]
    action: Option<KeysAction>,
}

/// What is done with secret keys. Servers that run notice within five seconds.
#[derive(Subcommand)]
enum KeysAction {
    /// List the secret keys by name, without the keys themselves.
    List(Where),
    /// Make another secret key, and print it.
    Create(Where),
    /// Make another secret key, print it, and let the others end when there was time to hand it out.
    Roll {
        #[command(flatten)]
        place: Where,
        /// How many hours the others still work.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap: u16,
    },
    /// Let a secret key end. The last one that stays cannot.
    Revoke {
        #[command(flatten)]
        place: Where,
        /// Name of the key, as `list` shows it.
        #[arg(value_name = "KEY")]
        key: String,
        /// How many hours it still works.
        #[arg(long, value_name = "HOURS", default_value_t = 0)]
        after: u16,
    },
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Where,
    /// Address and port to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// Where the instance is reached: scheme, host and port. Kept for the next time.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Settings (frontdesk.toml).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Certificate chain in PEM form: the server speaks TLS. Read again when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM form.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where a monitor may read /metrics and /health: whoever reaches it may.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
}

#[derive(Args)]
struct Dev {
    /// Folder of the instance; .frontdesk in this folder, if none is named.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port to listen on; those of the last time, if none are named, or 127.0.0.1:4010.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Write the lines that applications need into this .env file, beside what is there, instead of printing them.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// A `node_modules` folder with @clerk/clerk-js and @clerk/ui, whose scripts are served; the one in this folder, if
    /// none is named and there are some in it.
    #[arg(long, value_name = "DIR")]
    sdk_dir: Option<PathBuf>,
}

#[derive(Args)]
struct Outbox {
    #[command(flatten)]
    place: Where,
    /// Only messages to this address.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Audit {
    #[command(flatten)]
    place: Where,
    /// Only what happened to this user.
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// How many of the last entries.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    last: u32,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Moved {
    #[command(flatten)]
    place: Where,
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args)]
struct Rotation {
    #[command(flatten)]
    place: Where,
    /// Only add a key that signs tokens. Servers may go on: they publish it at once and sign with it a minute later.
    #[arg(long, conflicts_with = "new_key")]
    signing: bool,
    /// Where to write the new instance key, if the environment gives the old one.
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
}

#[derive(Args)]
struct Copied {
    /// The database to copy: sqlite:PATH or postgres://…
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// The database to write to.
    #[arg(long, value_name = "DATABASE")]
    to: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let program = Program::parse();
    let (layer, entries) = frontdesk_server::audit::audit(Arc::new(SystemClock), Arc::new(SystemRandom));
    log(program.log_format, layer);
    let outcome = match program.command {
        Command::Serve(arguments) => serve(arguments, entries).await,
        Command::Dev(arguments) => Box::pin(dev(arguments, entries)).await,
        Command::Keys(arguments) => Box::pin(keys(arguments)).await,
        Command::Outbox(arguments) => outbox(&arguments).await,
        Command::Audit(arguments) => audit(&arguments).await,
        Command::CheckConfig { config } => check_config(&config),
        Command::PreviewMessages { config, language } => preview_messages(config.as_deref(), &language),
        Command::ConfigSchema => {
            println!("{:#}", config::schema());
            Ok(())
        }
        Command::Backup(Moved { place, file }) => {
            let tally = copies::back_up(&place.data, place.database.as_deref(), &file).await;
            told("backed up", tally)
        }
        Command::Restore(Moved { place, file }) => {
            let tally = copies::restore(&place.data, place.database.as_deref(), &file).await;
            told("restored", tally)
        }
        Command::RotateKey(rotation) => Box::pin(rotate(rotation)).await,
        Command::Copy(Copied { from, to }) => told("copied and compared", copies::copy_all(&from, &to).await),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Errors say what lies behind them; the chain would say it twice.
            eprintln!("frontdesk-server: {error}.");
            ExitCode::FAILURE
        }
    }
}

fn log(format: LogFormat, audit: AuditLayer) {
    let filter = EnvFilter::try_from_env("FRONTDESK_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    tracing_subscriber::registry().with(log.with_filter(filter)).with(audit.with_filter(events())).init();
}

async fn serve(arguments: Serve, audit: Entries) -> Result<()> {
    let Serve { place, listen, public_url, config, tls_cert, tls_key, metrics } = arguments;
    let stop = Stop::listen()?;
    let options = ServeOptions {
        data_dir: place.data,
        listen,
        public_url,
        database: place.database,
        config,
        tls: tls_cert.zip(tls_key).map(|(certificate, key)| TlsFiles { certificate, key }),
        metrics,
        packages: None,
    };
    let mut server = Server::start(options).await?;
    server.keep_audit(audit);
    let instance = server.instance();
    println!("{} at {}", instance.public_url().publishable_key(instance.kind()), server.address());
    run(server, stop).await;
    Ok(())
}

async fn dev(arguments: Dev, audit: Entries) -> Result<()> {
    let Dev { data, listen, env_file, sdk_dir } = arguments;
    let stop = Stop::listen()?;
    let mut dev = dev::Dev::start(DevOptions { data_dir: data, listen, env_file, sdk_dir }).await?;
    dev.server.keep_audit(audit);
    println!("{}", dev.greeting);
    run(dev.server, stop).await;
    Ok(())
}

/// Serves until it is asked to stop.
async fn run(server: Server, mut stop: Stop) {
    tracing::info!(address = %server.address(), public_url = %server.instance().public_url(), "serving");
    stop.wait().await;
    tracing::info!("finishing the requests under way");
    tokio::select! {
        () = server.stop() => {}
        () = stop.wait() => tracing::warn!("asked again: cut off what was under way"),
    }
}

/// The two signals that ask a server to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).map_err(|error| anyhow!("signals cannot be listened to: {error}"));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn keys(arguments: Keys) -> Result<()> {
    let hours = |hours: u16| i64::from(hours) * HOUR;
    let open = async |place: &Where| Data::open(&place.data, place.database.as_deref()).await;
    let told = match arguments.action {
        None => {
            let data = arguments.data.ok_or_else(|| anyhow!("name the folder of the instance: --data DIR"))?;
            open(&Where { data, database: arguments.database }).await?.public_keys().reveal()
        }
        Some(KeysAction::List(place)) => open(&place).await?.list_keys().await?,
        Some(KeysAction::Create(place)) => open(&place).await?.create_key().await?,
        Some(KeysAction::Roll { place, overlap }) => open(&place).await?.roll_keys(hours(overlap)).await?,
        Some(KeysAction::Revoke { place, key, after }) => open(&place).await?.revoke_key(&key, hours(after)).await?,
    };
    println!("{told}");
    Ok(())
}

fn check_config(config: &Path) -> Result<()> {
    let Findings { faults, remarks } = check_file(config);
    let name = config.display();
    for fault in &faults {
        eprintln!("{name}: {fault}");
    }
    for remark in &remarks {
        println!("{name}: note: {remark}");
    }
    match faults.len() {
        0 => {
            println!("{name} can be used");
            Ok(())
        }
        1 => Err(anyhow!("{name} has a fault and cannot be used")),
        many => Err(anyhow!("{name} has {many} faults and cannot be used")),
    }
}

fn preview_messages(config: Option<&Path>, language: &str) -> Result<()> {
    let config = config.map(config::Config::read).transpose()?.unwrap_or_default();
    let kind = config.kind().unwrap_or(KeyKind::Development);
    let stored = Settings::new(kind).to_document();
    let settings = Settings::load(&stored, &config.settings(), kind).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        anyhow!("the settings cannot be used:\n{}", faults.join("\n"))
    })?;
    let url = config.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    for (name, message) in preview(settings.heading(Language::of(Some(language))), url.as_ref()) {
        println!("## {}\n", name.word());
        if !name.is_text() {
            println!("Subject: {}\n", message.subject());
        }
        println!("{}\n", message.text().trim_end());
    }
    Ok(())
}

async fn rotate(Rotation { place, signing, new_key }: Rotation) -> Result<()> {
    let (data, database) = (&place.data, place.database.as_deref());
    if signing {
        let kid = Box::pin(rotation::rotate_signing_key(data, database)).await?;
        println!("{kid} signs in a minute; what the key before has signed is good until it expires");
        return Ok(());
    }
    let file = Box::pin(rotation::rotate_instance_key(data, database, new_key.as_deref())).await?;
    println!("the new instance key is in {}: every server of the instance needs it from now on", file.display());
    println!("everybody has to sign in again, codes under way are void, and `keys` shows a new secret key");
    Ok(())
}

fn told(done: &str, tally: Result<Tally, CopiesError>) -> Result<()> {
    let tally = tally?;
    for (table, rows) in tally.rows() {
        println!("{rows:>10} {table}");
    }
    println!(
        "{done}: {} rows. Keep the instance key as safe as the data: neither is of use without the other.",
        tally.total()
    );
    Ok(())
}

async fn audit(arguments: &Audit) -> Result<()> {
    let user = arguments.user.as_deref().map(UserId::parse).transpose();
    let user = user.map_err(|_| anyhow!("--user does not hold the id of a user"))?;
    let data = Data::open(&arguments.place.data, arguments.place.database.as_deref()).await?;
    for AuditEntry { id, at, event, user_id, details } in data.audit(user.as_ref(), arguments.last).await? {
        if arguments.json {
            let entry =
                serde_json::json!({ "id": id, "at": at.0, "event": event, "user": user_id, "details": details });
            println!("{entry}");
        } else {
            let since = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
            let when = httpdate::fmt_http_date(UNIX_EPOCH + since);
            let details: Vec<_> = details.iter().map(|(name, value)| format!("{name}={value}")).collect();
            println!("{when} {event} {} {}", user_id.as_deref().unwrap_or("-"), details.join(" "));
        }
    }
    Ok(())
}

async fn outbox(arguments: &Outbox) -> Result<()> {
    let to = arguments.to.as_deref().map(Recipient::parse).transpose();
    let to = to.map_err(|_| anyhow!("--to does not hold an email address"))?;
    let data = Data::open(&arguments.place.data, arguments.place.database.as_deref()).await?;
    let messages = data.outbox(to.as_ref()).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&messages)?);
    } else if messages.is_empty() {
        println!("The outbox is empty.");
    } else {
        messages.iter().for_each(show);
    }
    Ok(())
}

fn show(message: &OutboxMessage) {
    println!("To: {}\nSubject: {}\n\n{}\n", message.to, message.subject, message.body.trim_end());
}
