//! Commits of which nobody hears: between a program and PostgreSQL stands a gate that lets everything
//! pass but the answer to one commit, or that commit itself, and cuts the connection in its place.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use leaseline_testkit::Database;
use leaseline_testkit::http::Call;

use crate::client::{Client, Heard, world_of};
use crate::program::{Program, token};

const ROUNDS: usize = 20;

const SOON: Duration = Duration::from_secs(5);

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// It never arrives.
    Commit,
    /// It is carried out, and nobody hears of it.
    Answer,
    /// The same, and then nobody is let in any more.
    AnswerAndServer,
}

#[test]
fn a_commit_that_is_not_answered_is_carried_out_once() {
    let Some(database) = Database::postgres() else { return };
    let customer = world_of(&database, 2 * ROUNDS);
    let gate = Gate::before(&database);
    let process = Program::apigate(&gate.url);
    let client = Client { address: process.address, token: token(), customer };
    for round in 0..2 * ROUNDS {
        let loss = if round % 2 == 0 { Loss::Answer } else { Loss::Commit };
        let key = format!("key-{round}-");
        gate.lose(loss, &key);
        let leased = lease(&client, &key);
        assert!(gate.is_done(), "{loss:?} in round {round}");
        assert_eq!(leased.status, 0, "{loss:?}: {leased:?}");
        assert_eq!(lease(&client, &key), leased, "{loss:?}");
        assert_eq!(leases(&database), round + 1, "{loss:?}");
    }
    process.kill();
    database.assert_sound();
}

#[test]
fn a_server_that_goes_away_with_its_answer_leaves_what_the_key_finds() {
    let Some(database) = Database::postgres() else { return };
    let customer = world_of(&database, ROUNDS);
    let gate = Gate::before(&database);
    let process = Program::apigate(&gate.url);
    let client = Client { address: process.address, token: token(), customer };
    for round in 0..5 {
        let key = format!("key-{round}-");
        gate.lose(Loss::AnswerAndServer, &key);
        // It may have been done, which is what this status means.
        assert_eq!(lease(&client, &key).status, 99);
        assert!(gate.is_done() && !process.is_ready());
        assert_eq!(leases(&database), round + 1, "it was done");
        gate.let_in();
        process.wait_until_ready(SOON);
        let found = lease(&client, &key);
        assert_eq!((found.status, leases(&database)), (0, round + 1), "{found:?}");
        assert_eq!(client.query(&found.reference()).unwrap().status, 0);
    }
    process.kill();
    database.assert_sound();
}

fn lease(client: &Client, key: &str) -> Heard {
    let form = format!(
        "customer_id={}&phone=60195730424&expiry_value=1&expiry_unit=days",
        client.customer
    );
    let call = Call::form("/api/v1/leasesingle/request", &form).header("Idempotency-Key", key);
    client.send(&call).expect("the server answers")
}

fn leases(database: &Database) -> usize {
    database.rows("SELECT count(*) FROM leases").parse().unwrap()
}

/// Between a program and its database.
struct Gate {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    is_shut: bool,
    /// What is to be lost, and what was said in the transaction whose commit it is.
    plan: Option<(Loss, String)>,
}

impl Gate {
    fn before(database: &Database) -> Self {
        let (server, name) = database.url().rsplit_once('/').expect("a URL with a database");
        let (user, server) = server.split_once('@').expect("a URL with a user");
        let server = server.to_socket_addrs().expect("an address").next().expect("one");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if !shared.lock().expect("no panic").is_shut {
                    // A server that is gone is the program's business.
                    let _ = connect(client, server, &shared);
                }
            }
        });
        Self { url: format!("{user}@{address}/{name}"), state }
    }

    /// Loses the commit of the transaction in which this was said.
    fn lose(&self, loss: Loss, said: &str) {
        self.state.lock().expect("no panic").plan = Some((loss, said.to_owned()));
    }

    fn is_done(&self) -> bool {
        self.state.lock().expect("no panic").plan.is_none()
    }

    fn let_in(&self) {
        self.state.lock().expect("no panic").is_shut = false;
    }
}

/// Carries what the two say, by a thread for each way.
fn connect(client: TcpStream, server: SocketAddr, state: &Arc<Mutex<State>>) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    let (from_server, to_client) = (server.try_clone()?, client.try_clone()?);
    let lost = Arc::new(Mutex::new(None));
    let (losing, state) = (Arc::clone(&lost), Arc::clone(state));
    thread::spawn(move || ask(client, server, &state, &losing));
    thread::spawn(move || answer(from_server, to_client, &lost));
    Ok(())
}

/// What the program says; the end of either is the end of both.
fn ask(
    mut client: TcpStream,
    mut server: TcpStream,
    state: &Mutex<State>,
    losing: &Mutex<Option<Loss>>,
) {
    let (mut bytes, mut said) = (vec![0; 64 << 10], Vec::new());
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        said.extend_from_slice(&bytes[..read]);
        if contains(&bytes[..read], b"COMMIT") {
            let loss = due(&mut state.lock().expect("no panic"), &said);
            said.clear();
            *losing.lock().expect("no panic") = loss;
            if loss == Some(Loss::Commit) {
                break;
            }
        }
        if server.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    cut(&client, &server);
}

/// Takes the plan if this is its transaction.
fn due(state: &mut State, said: &[u8]) -> Option<Loss> {
    let (loss, _) = state.plan.take_if(|(_, words)| contains(said, words.as_bytes()))?;
    state.is_shut = loss == Loss::AnswerAndServer;
    Some(loss)
}

fn answer(mut server: TcpStream, mut client: TcpStream, lost: &Mutex<Option<Loss>>) {
    let mut bytes = vec![0; 64 << 10];
    while let Ok(read @ 1..) = server.read(&mut bytes) {
        let is_lost = lost.lock().expect("no panic").is_some();
        if is_lost || client.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    cut(&client, &server);
}

fn cut(client: &TcpStream, server: &TcpStream) {
    for stream in [client, server] {
        // It may be gone already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}
