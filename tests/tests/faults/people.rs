//! What people do, several of them at once, drawn from a seed.

use frontdesk_accounts::{AccountKey, AccountRequest, InstanceRequest, SignInRequest, SignUpFields, SignUpRequest};
use frontdesk_e2e::dice::Dice;
use futures_util::future::join_all;

use crate::{
    checks,
    desk::{Desk, token_request},
    world::World,
};

/// How many people there are at a desk.
const PEOPLE: u64 = 4;
const PASSWORD: &str = "Lantern-on-the-pier-42";
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

    /// A round: up to four things at once, or the app is cut off.
    pub(crate) async fn act(&mut self, world: &World, desk: &mut Desk) {
        if self.dice.below(12) == 0 {
            if crate::is_alone() {
                println!("  the app is cut off");
            }
            return desk.again().await;
        }
        let count = 1 + self.dice.below(4);
        let acts: Vec<_> = (0..count).filter_map(|_| self.draw(desk)).collect();
        join_all(acts.into_iter().map(|act| perform(world, desk, act))).await;
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
async fn perform(world: &World, desk: &Desk, act: Act) {
    if crate::is_alone() {
        println!("  {act:?}");
    }
    let (accounts, instance) = (&desk.accounts, desk.instance.clone());
    match act {
        Act::SignUp { email } => drop(sign_up(desk, email).await),
        Act::SignIn { email } => {
            let (identifier, password) = (Some(email), Some(PASSWORD.to_owned()));
            drop(accounts.sign_in(SignInRequest::Create { instance, identifier, password, strategy: None }).await);
        }
        Act::Switch(account) => {
            drop(accounts.account(AccountRequest::SetActive { account: Some(account) }).await);
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
            drop(accounts.account(update).await);
        }
        Act::Token(account, skip_cache) => {
            if let Ok(token) = accounts.session(token_request(&account, skip_cache)).await {
                checks::is_of(&token, &account.session);
            }
        }
        Act::SignOut(account) => {
            let session = Some(account.session.clone());
            if accounts.account(AccountRequest::SignOut { instance, session }).await.is_ok() {
                let revision = accounts.snapshots().borrow().revision;
                desk.seen.lock().unwrap().signed_out(account.session, revision);
            }
        }
        Act::SignOutAll => drop(accounts.account(AccountRequest::SignOut { instance, session: None }).await),
        Act::Revoke(account) => world.revoke(&account.session).await,
        Act::Reload => drop(accounts.instance(InstanceRequest::Reload { instance }).await),
    }
}

async fn sign_up(desk: &Desk, email: String) -> Option<()> {
    let (accounts, instance) = (&desk.accounts, &desk.instance);
    let fields =
        SignUpFields { email_address: Some(email), password: Some(PASSWORD.to_owned()), ..SignUpFields::default() };
    accounts.sign_up(SignUpRequest::Create { instance: instance.clone(), fields }).await.ok()?;
    let strategy = || "email_code".to_owned();
    let prepare = SignUpRequest::PrepareVerification { instance: instance.clone(), strategy: strategy() };
    accounts.sign_up(prepare).await.ok()?;
    let (strategy, code) = (strategy(), CODE.to_owned());
    let attempt = SignUpRequest::AttemptVerification { instance: instance.clone(), strategy, code };
    accounts.sign_up(attempt).await.ok().map(drop)
}
