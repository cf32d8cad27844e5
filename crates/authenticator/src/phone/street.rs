//! A street with a phone in it: it reads the code off the screen, is heard and reached as phones are, and answers as the key
//! does that it holds. Tests make it break.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    hmac,
    iv::FixedLength,
};
use frontdesk_vault::Secret;
use futures_util::future::BoxFuture;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde_cbor_2::Value;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Air, Pipe, Server,
    channel::Way,
    handshake::{State, agreed, derived, point},
};
use crate::{
    AccountName, Fault, Person, PinAsked, Sign, Unready,
    virtual_key::{VirtualKey, map, unmap},
};

/// What a phone does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// What is asked of it.
    Answers,
    /// The same, as phones did some years ago.
    AnswersAsEver,
    /// Nobody scans the code.
    StaysInThePocket,
    /// It is heard, and not reached.
    DoesNotGoOnline,
    /// It goes on as soon as it is reached.
    HangsUp,
    /// It goes on once it is asked.
    HangsUpWhenAsked,
    /// Its owner does not look at it.
    IsNotLookedAt,
    /// It has read the code from far away: what was heard is of another one.
    IsFarAway,
    /// It waits at this server.
    WaitsAt(u16),
    /// Whoever carries messages changes one bit of the one with this number.
    IsChanged(usize),
    /// It says this of itself.
    Is(Vec<u8>),
    /// It says these things when it is asked.
    Says(Vec<Vec<u8>>),
}

/// Clones are one.
#[derive(Clone)]
pub(super) struct Street(Arc<Inside>);

struct Inside {
    key: VirtualKey,
    habit: Habit,
    ready: Mutex<Result<(), Unready>>,
    listens: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    listened: AtomicUsize,
    waits: Mutex<Option<Waits>>,
    reached: Mutex<Vec<(Server, String)>>,
    served: Mutex<Vec<JoinHandle<Option<()>>>>,
}

/// A phone that has read a code and waits to be reached.
struct Waits {
    identity: Vec<u8>,
    shared: [u8; 32],
}

/// What a code says.
pub(super) struct Read {
    pub(super) fields: BTreeMap<i128, Value>,
    pub(super) secret: [u8; 16],
}

impl Street {
    pub(super) fn with(key: &VirtualKey, habit: Habit) -> Self {
        Self(Arc::new(Inside {
            key: key.clone(),
            habit,
            ready: Mutex::new(Ok(())),
            listens: Mutex::default(),
            listened: AtomicUsize::new(0),
            waits: Mutex::default(),
            reached: Mutex::default(),
            served: Mutex::default(),
        }))
    }

    pub(super) fn set_ready(&self, ready: Result<(), Unready>) {
        *self.0.ready.lock().unwrap() = ready;
    }

    /// How often somebody listened.
    pub(super) fn listened(&self) -> usize {
        self.0.listened.load(Ordering::SeqCst)
    }

    /// Whether somebody listens now.
    pub(super) fn is_listened_to(&self) -> bool {
        self.0.listens.lock().unwrap().as_ref().is_some_and(|listens| !listens.is_closed())
    }

    /// Where it was reached.
    pub(super) fn reached(&self) -> Vec<(Server, String)> {
        self.0.reached.lock().unwrap().clone()
    }

    /// How often the app went on as it should, once everything was said.
    pub(super) async fn ended_well(&self) -> usize {
        let served = std::mem::take(&mut *self.0.served.lock().unwrap());
        let mut well = 0;
        for one in served {
            well += usize::from(one.await.unwrap().is_some());
        }
        well
    }

    fn habit(&self) -> Habit {
        self.0.habit.clone()
    }

    /// Reads the code off the screen, and says so.
    pub(super) async fn scan(&self, code: &str) {
        let habit = self.habit();
        if habit == Habit::StaysInThePocket {
            return;
        }
        let code = read(code);
        let Some(Value::Bytes(identity)) = code.fields.get(&0) else { panic!("no point") };
        let identity = p256::PublicKey::from_sec1_bytes(identity).unwrap().to_sec1_point(false).as_bytes().to_vec();
        let mut plain = [0; 16];
        plain[1..14].copy_from_slice(b"\x11a number\x01\xa2\xb3\xc4");
        if let Habit::WaitsAt(server) = habit {
            plain[14..].copy_from_slice(&server.to_le_bytes());
        }
        let mut shared = derived::<32>(&plain, &code.secret, &3_u32.to_le_bytes()).unwrap();
        if habit == Habit::IsFarAway {
            shared[0] ^= 1;
        }
        *self.0.waits.lock().unwrap() = Some(Waits { identity, shared: *shared });
        let listens = self.0.listens.lock().unwrap().clone().unwrap();
        let own = said(&code.secret, &plain);
        let mut changed = own.clone();
        changed[3] ^= 1;
        // Other people's phones are in the street as well.
        for one in [b"hello".to_vec(), said(&[9; 16], &plain), changed, own[..19].to_vec(), own.clone(), own] {
            listens.send(one).await.ok();
        }
    }

    /// What the phone does once it is reached.
    async fn serve(self, to: mpsc::Sender<Vec<u8>>, mut from: mpsc::Receiver<Vec<u8>>) -> Option<()> {
        let habit = self.habit();
        if habit == Habit::HangsUp {
            return None;
        }
        if habit == Habit::DoesNotGoOnline {
            return std::future::pending().await;
        }
        let Waits { identity, shared } = self.0.waits.lock().unwrap().take().unwrap();
        let hello = from.recv().await?;
        assert_eq!(hello.len(), 65 + 16);
        let (answer, mut ways) = responded(&identity, &shared, &hello);
        let old = habit == Habit::AnswersAsEver;
        let changed = |number: usize, mut message: Vec<u8>| {
            if habit == Habit::IsChanged(number) {
                *message.last_mut().unwrap() ^= 1;
            }
            message
        };
        to.send(changed(0, answer)).await.ok()?;
        let info = match &habit {
            Habit::Is(said) => said.clone(),
            _ => unmap([(1, Value::Bytes(self.0.key.answer(&[0x04]).await.unwrap()))].into()),
        };
        ways.1.be_old(old);
        to.send(changed(1, ways.1.seal(&info).unwrap())).await.ok()?;
        ways.0.be_old(old);
        let asked = ways.0.open(&from.recv().await?).unwrap();
        let (kind, command) = asked.split_first().unwrap();
        assert_eq!(*kind, 1, "what is spoken is CTAP");
        let answers = match &habit {
            Habit::HangsUpWhenAsked => return None,
            Habit::IsNotLookedAt => return hung_up(&mut ways.0, &mut from).await,
            Habit::Says(said) => said.clone(),
            _ => {
                let answer = match self.0.key.answer(command).await {
                    Ok(answer) => [&[1, 0][..], &answer].concat(),
                    Err(status) => vec![1, u8::from(status)],
                };
                // It would be remembered, and says so before the answer.
                vec![vec![2, 0xa0], answer]
            }
        };
        for (number, answer) in answers.into_iter().enumerate() {
            to.send(changed(number + 2, ways.1.seal(&answer).unwrap())).await.ok()?;
        }
        if matches!(habit, Habit::Says(_)) {
            return None;
        }
        hung_up(&mut ways.0, &mut from).await
    }
}

/// Waits until the app hangs up, and sees to it that it says so.
async fn hung_up(way: &mut Way, from: &mut mpsc::Receiver<Vec<u8>>) -> Option<()> {
    assert_eq!(**way.open(&from.recv().await?).unwrap(), [0]);
    assert_eq!(from.recv().await, None);
    Some(())
}

impl Air for Street {
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        let ready = self.0.ready.lock().unwrap().clone();
        Box::pin(async move { ready })
    }

    fn listen(&self) -> BoxFuture<'_, Result<mpsc::Receiver<Vec<u8>>, Fault>> {
        let (listens, said) = mpsc::channel(1);
        *self.0.listens.lock().unwrap() = Some(listens);
        self.0.listened.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(said) })
    }

    fn connect(&self, server: Server, path: String) -> BoxFuture<'_, Result<Pipe, Fault>> {
        self.0.reached.lock().unwrap().push((server, path));
        let ((to, theirs), (ours, from)) = (mpsc::channel(1), mpsc::channel(1));
        self.0.served.lock().unwrap().push(tokio::spawn(self.clone().serve(ours, theirs)));
        Box::pin(async move { Ok(Pipe { to, from }) })
    }
}

/// Somebody with a phone, who scans what is shown.
pub(super) struct Owner {
    street: Street,
    shown: Mutex<Vec<Sign>>,
}

impl Owner {
    pub(super) fn of(street: &Street) -> Arc<Self> {
        Arc::new(Self { street: street.clone(), shown: Mutex::default() })
    }

    /// What was shown, without the codes.
    pub(super) fn shown(&self) -> Vec<&'static str> {
        let word = |sign: &Sign| match sign {
            Sign::Scan(_) => "scan",
            Sign::Connecting => "connecting",
            Sign::OnPhone => "on phone",
            _ => "something else",
        };
        self.shown.lock().unwrap().iter().map(word).collect()
    }

    /// The codes that were shown.
    pub(super) fn codes(&self) -> Vec<String> {
        let code = |sign: &Sign| if let Sign::Scan(code) = sign { Some(code.0.clone()) } else { None };
        self.shown.lock().unwrap().iter().filter_map(code).collect()
    }
}

impl Person for Owner {
    fn pin(&self, _asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        panic!("phones have no PIN here");
    }

    fn show(&self, sign: Sign) {
        if let Sign::Scan(code) = &sign {
            let (street, code) = (self.street.clone(), code.0.clone());
            tokio::spawn(async move { street.scan(&code).await });
        }
        self.shown.lock().unwrap().push(sign);
    }

    fn choose(&self, _accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        panic!("the phone has them choose");
    }
}

/// Reads a code.
pub(super) fn read(code: &str) -> Read {
    let digits = code.strip_prefix("FIDO:/").expect("the form of FIDO");
    let bytes: Vec<u8> = digits
        .as_bytes()
        .chunks(17)
        .flat_map(|chunk| {
            let number: u64 = std::str::from_utf8(chunk).unwrap().parse().unwrap();
            let many = match chunk.len() {
                17 => 7,
                15 => 6,
                13 => 5,
                10 => 4,
                8 => 3,
                5 => 2,
                3 => 1,
                length => panic!("{length} digits"),
            };
            assert_eq!(number >> (8 * many), 0, "as few digits as there can be");
            number.to_le_bytes()[..many].to_vec()
        })
        .collect();
    let fields = map(&bytes);
    let Some(Value::Bytes(secret)) = fields.get(&1) else { panic!("no secret") };
    Read { secret: secret.as_slice().try_into().unwrap(), fields }
}

/// What a phone says that has read a code with this secret.
fn said(secret: &[u8; 16], plain: &[u8; 16]) -> Vec<u8> {
    let keys = derived::<64>(&[], secret, &1_u32.to_le_bytes()).unwrap();
    let mut said = plain.to_vec();
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, &keys[..32]).unwrap()).unwrap();
    key.less_safe_encrypt(&mut said, EncryptionContext::Iv128(FixedLength::from([0; 16]))).unwrap();
    let proof = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &keys[32..]), &said);
    said.extend(&proof.as_ref()[..4]);
    said
}

/// The side of the phone: what it says to the app's first words, and the app's way and its own after that.
fn responded(identity: &[u8], shared: &[u8; 32], hello: &[u8]) -> (Vec<u8>, (Way, Way)) {
    let (theirs, proof) = hello.split_at(65);
    let mut state = State::new(identity, shared).unwrap();
    state.hash(theirs);
    state.key(theirs).unwrap();
    if state.open(proof).is_err() {
        // As a phone does that was called by somebody else; the app will not believe this.
        return (vec![4; 81], (Way::new(&[0; 32]).unwrap(), Way::new(&[0; 32]).unwrap()));
    }
    let ephemeral = PrivateKey::generate(&ECDH_P256).unwrap();
    let mut answer = point(&ephemeral).unwrap();
    state.hash(&answer);
    state.key(&answer).unwrap();
    state.key(&agreed(&ephemeral, theirs).unwrap()).unwrap();
    state.key(&agreed(&ephemeral, identity).unwrap()).unwrap();
    answer.extend(state.seal().unwrap());
    let (apps, own) = state.split().unwrap();
    (answer, (Way::new(&apps).unwrap(), Way::new(&own).unwrap()))
}
