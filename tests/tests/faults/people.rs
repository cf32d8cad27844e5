//! What people do, several of them at once, drawn from a seed.

use std::time::Duration;

use frontdesk_accounts::{
    AccountKey, AccountRequest, Accounts, InstanceRequest, SignInRequest, SignUpFields, SignUpRequest,
};
use frontdesk_e2e::dice::Dice;
use futures_util::future::join_all;

use crate::{
    checks,
    desk::{Desk, Hand, token_request},
    world::World,
};

/// How many people there are at a desk.
const PEOPLE: u64 = 4;
const PASSWORD: &str = "Lantern-on-the-pier-42";
/// The app is cut off within this time of what people begin, in microseconds: most of it takes less.
const LONGEST_ACT: u64 = 60_000;
/// The code that test addresses of a development instance take.
const CODE: &str = "424242";

pub(crate) struct People {
    seed: u64,
    dice: Dice,
    /// How many names were given.
    names: u64,
}

/// Something that somebody does. Any of it may come to nothing: the network is bad.
#[derive(Clone, Debug)]
enum Act {
    SignUp { email: String },
    SignIn { email: String },
    Switch(AccountKey),
    Rename(AccountKey, String),
    Token(AccountKey, bool),
    SignOut(AccountKey),
    SignOutAll,
    Revoke(AccountKey),
    Reload,
}

impl People {
    /// Half of them have signed up before, elsewhere.
    pub(crate) async fn new(world: &World, seed: u64) -> Self {
        for person in 0..PEOPLE / 2 {
            world.create_user(&email(seed, person), PASSWORD).await;
        }
        Self { seed, dice: Dice::new(seed), names: 0 }
    }

    /// A round: up to four things at once; now and then the app is cut off in the middle of them.
    pub(crate) async fn act(&mut self, world: &World, desk: &mut Desk) {
        let count = 1 + self.dice.below(4);
        let acts: Vec<_> = (0..count).filter_map(|_| self.draw(desk)).collect();
        let hand = desk.hand();
        let acts = join_all(acts.into_iter().map(|act| perform(world, &hand, act)));
        if self.dice.below(10) > 0 {
            drop(acts.await);
            return;
        }
        let instant = Duration::from_micros(self.dice.below(LONGEST_ACT));
        // What they have begun goes on until the app is cut off.
        drop(tokio::time::timeout(instant, acts).await);
        if crate::is_alone() {
            println!("  the app is cut off");
        }
        drop(hand);
        desk.again(world).await;
    }

    fn draw(&mut self, desk: &Desk) -> Option<Act> {
        let email = email(self.seed, self.dice.below(PEOPLE));
        let accounts = desk.accounts_shown();
        let account = self.dice.pick(&accounts);
        Some(match self.dice.below(20) {
            0..3 => Act::SignUp { email },
            3..8 => Act::SignIn { email },
            8..10 => Act::Switch(account?),
            10..12 => {
                self.names += 1;
                Act::Rename(account?, format!("Name {}", self.names))
            }
            12..16 => Act::Token(account?, self.dice.below(2) == 0),
            16 => Act::SignOut(account?),
            17 => Act::Revoke(account?),
            18 if self.dice.below(3) == 0 => Act::SignOutAll,
            _ => Act::Reload,
        })
    }
}

/// An address whose code is always the same; people of different seeds are others.
fn email(seed: u64, person: u64) -> String {
    format!("person-{seed}-{person}+clerk_test@example.com")
}

/// What comes to nothing is no failure: people try again, or do not.
async fn perform(world: &World, hand: &Hand, act: Act) {
    if crate::is_alone() {
        println!("  {act:?}");
    }
    let instance = hand.instance.clone();
    match act {
        Act::SignUp { email } => {
            let _done = hand.ask(|app| sign_up(app, instance, email)).await;
        }
        Act::SignIn { email } => {
            let (identifier, password) = (Some(email), Some(PASSWORD.to_owned()));
            let create = SignInRequest::Create { instance, identifier, password, strategy: None };
            drop(hand.ask(|app| async move { app.sign_in(create).await }).await);
        }
        Act::Switch(account) => {
            let _done = change(hand, AccountRequest::SetActive { account: Some(account) }).await;
        }
        Act::Rename(account, name) => {
            let (first_name, last_name) = (Some(name), None);
            let update = AccountRequest::Update {
                account,
                first_name,
                last_name,
                username: None,
                primary_email_address_id: None,
                primary_phone_number_id: None,
            };
            let _done = change(hand, update).await;
        }
        Act::Token(account, skip_cache) => {
            let request = token_request(&account, skip_cache);
            if let Some(Ok(token)) = hand.ask(|app| async move { app.session(request).await }).await {
                checks::is_of(&token, &account.session);
            }
        }
        Act::SignOut(account) => {
            let session = Some(account.session.clone());
            if change(hand, AccountRequest::SignOut { instance, session }).await {
                let revision = hand.accounts.snapshots().borrow().revision;
                hand.seen.lock().unwrap().signed_out(account.session, revision);
            }
        }
        Act::SignOutAll => {
            let _done = change(hand, AccountRequest::SignOut { instance, session: None }).await;
        }
        Act::Revoke(account) => world.revoke(&account.session).await,
        Act::Reload => {
            drop(hand.ask(|app| async move { app.instance(InstanceRequest::Reload { instance }).await }).await);
        }
    }
}

/// Whether it is done.
async fn change(hand: &Hand, request: AccountRequest) -> bool {
    hand.ask(|app| async move { app.account(request).await }).await.is_some_and(|answer| answer.is_ok())
}

async fn sign_up(accounts: Accounts, instance: String, email: String) -> Option<()> {
    let fields =
        SignUpFields { email_address: Some(email), password: Some(PASSWORD.to_owned()), ..SignUpFields::default() };
    accounts.sign_up(SignUpRequest::Create { instance: instance.clone(), fields }).await.ok()?;
    let strategy = || "email_code".to_owned();
    let prepare = SignUpRequest::PrepareVerification { instance: instance.clone(), strategy: strategy() };
    accounts.sign_up(prepare).await.ok()?;
    let attempt = SignUpRequest::AttemptVerification { instance, strategy: strategy(), code: CODE.to_owned() };
    accounts.sign_up(attempt).await.ok().map(drop)
}
