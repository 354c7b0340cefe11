//! A server of one's own.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use console::ConsoleSettings;
use db::schema::outbox;
use db::{Database, Engine, Tx};
use diesel::prelude::*;
use eligibility::EligibilitySettings;
use files::FilesSettings;
use identity::password::PasswordSettings;
use identity::token::Signer256;
use identity::{NewOrganisation, NewPerson, OrganisationKind, Vault};
use kernel::{ChainKeys, ManualClock, OrganisationId, Role};
use notifications::{MailSettings, Mailer, Templates};
use serde_json::Value;
use tokio::runtime::Runtime;
use web::{Publisher, SecuritySettings, ServerSettings, State, StateSettings};

use crate::browser::Browser;
use crate::client::Client;
use crate::database::TestDatabase;

/// A running server, its clock standing at 28 February 2023 (10:00 in Paris), with an organization of each
/// kind and people of each role signed in. Dropping it stops and removes everything.
pub struct TestApp {
    /// Nobody.
    pub anyone: Client,
    /// An administrator of the city.
    pub admin: Client,
    /// Staff of the city.
    pub staff: Client,
    /// Someone else of the city's staff.
    pub other_staff: Client,
    /// Registers associations and applies for them.
    pub helper: Client,
    /// Of the donor « Orange ».
    pub donor: Client,
    /// Of another donor.
    pub other_donor: Client,
    /// Of the first workshop.
    pub refurbisher: Client,
    /// Someone else of the first workshop.
    pub other_refurbisher: Client,
    /// Of another workshop.
    pub stranger_refurbisher: Client,
    /// Moves time.
    pub clock: Arc<ManualClock>,
    /// The database, for what no endpoint shows.
    pub database: Arc<Database>,
    signer: Signer256,
    runtime: Runtime,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    files: std::path::PathBuf,
    // dropped last
    place: Option<TestDatabase>,
}

/// What an operator may decide otherwise in a test.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// About signing in.
    pub security: SecuritySettings,
    /// About applications.
    pub eligibility: EligibilitySettings,
    /// Who scans files; nobody when empty.
    pub scan_command: Vec<String>,
    /// Who publishes open data.
    pub publisher: Publisher,
    /// Where the clock stands at first, when it is not where it is in other tests.
    pub starts_at: Option<&'static str>,
}

/// A message of the outbox.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Which message.
    pub kind: String,
    /// The address it goes to.
    pub to: String,
    /// What its template reads.
    pub data: Value,
}

/// Hashing that does not slow down tests; the real parameters have tests of their own.
fn light() -> PasswordSettings {
    PasswordSettings {
        memory_kib: 64,
        passes: 1,
        ..PasswordSettings::default()
    }
}

/// What the server marks lines of chains with.
pub const CHAIN_KEY: [u8; 32] = [44; 32];

/// The id that the program gives that key.
const CHAIN_KEY_ID: &str = "7bf4c62d";

const START: &str = "2023-02-28T09:00:00Z";

impl TestApp {
    /// Starts a server; none when the engine has no server here.
    pub fn start(engine: Engine) -> Option<Self> {
        let security = SecuritySettings {
            trusted_proxies: vec![IpAddr::from([127, 0, 0, 1])],
            ..SecuritySettings::default()
        };
        Self::start_with(engine, security)
    }

    /// The same with other decisions of the operator about security.
    pub fn start_with(engine: Engine, security: SecuritySettings) -> Option<Self> {
        let configuration = Configuration {
            security,
            ..Configuration::default()
        };
        Self::start_configured(engine, configuration)
    }

    /// The same with other decisions of the operator.
    pub fn start_configured(engine: Engine, configuration: Configuration) -> Option<Self> {
        let place = TestDatabase::with_schema(engine)?;
        let start = configuration.starts_at.unwrap_or(START);
        let clock = Arc::new(ManualClock::new(start.parse().expect("a moment")));
        let database = Database::open(place.settings(), clock.clone()).expect("opens");
        let key = [(CHAIN_KEY_ID.to_owned(), CHAIN_KEY)];
        let keys = ChainKeys::new(key, []).expect("a key");
        database.use_chain_keys(keys).expect("none before");
        let database = Arc::new(database);
        let signer = Signer256::new(&[[42_u8; 32]]).expect("a secret");
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let files = std::env::temp_dir().join(format!(
            "ressac-test-files-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        ));
        let settings = StateSettings {
            passwords: light(),
            security: configuration.security,
            eligibility: configuration.eligibility,
            files: FilesSettings {
                folder: files.clone(),
                scan_command: configuration.scan_command,
            },
            publisher: configuration.publisher,
            ..StateSettings::default()
        };
        let vault = Vault::new(&[[43_u8; 32]]).expect("a secret");
        let secrets = (signer.clone(), vault);
        let state = State::new(Arc::clone(&database), secrets, &settings).expect("sound settings");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (handle, thread) = run(state, listener);
        let anyone = Client::new(&base);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut app = Self {
            admin: anyone.clone(),
            staff: anyone.clone(),
            other_staff: anyone.clone(),
            helper: anyone.clone(),
            donor: anyone.clone(),
            other_donor: anyone.clone(),
            refurbisher: anyone.clone(),
            other_refurbisher: anyone.clone(),
            stranger_refurbisher: anyone.clone(),
            anyone,
            clock,
            database,
            signer,
            runtime,
            handle,
            thread: Some(thread),
            files,
            place: Some(place),
        };
        app.cast();
        Some(app)
    }

    /// Where its database is, as `DATABASE_URL` says it.
    pub fn url(&self) -> &str {
        self.place.as_ref().map_or("", |place| &place.url)
    }

    /// Stops the server and hands its database over, for a program of its own to go on with.
    pub fn leave(mut self) -> TestDatabase {
        self.place.take().expect("there until it is dropped")
    }

    fn cast(&mut self) {
        let city = self.organisation(OrganisationKind::City, "Ville de Marseille");
        self.admin = self.person(city, Role::Admin, "Alix Admin");
        self.staff = self.person(city, Role::Staff, "Sam Service");
        self.other_staff = self.person(city, Role::Staff, "Olga Service");
        self.helper = self.person(city, Role::Helper, "Hélène Aide");
        let donor = self.organisation(OrganisationKind::Donor, "Orange");
        self.donor = self.person(donor, Role::Donor, "Dora Don");
        let other = self.organisation(OrganisationKind::Donor, "Autre donateur");
        self.other_donor = self.person(other, Role::Donor, "Olaf Don");
        let workshop = self.organisation(OrganisationKind::Workshop, "Atelier du Port");
        self.refurbisher = self.person(workshop, Role::Refurbisher, "Rita Atelier");
        self.other_refurbisher = self.person(workshop, Role::Refurbisher, "Remi Atelier");
        let stranger = self.organisation(OrganisationKind::Workshop, "Autre atelier");
        self.stranger_refurbisher = self.person(stranger, Role::Refurbisher, "Sven Ailleurs");
    }

    /// A verified association, and someone of it signed in.
    pub fn association(&self, name: &str) -> Client {
        let id = self.organisation(OrganisationKind::Association, name);
        self.person(id, Role::Association, name)
    }

    /// A verified organization in Marseille's third district.
    pub fn organisation(&self, kind: OrganisationKind, name: &str) -> OrganisationId {
        let new = NewOrganisation {
            kind: Some(kind),
            name: name.to_owned(),
            siret: None,
            rna: None,
            address: "1 rue de la Paix".to_owned(),
            postal_code: "13003".to_owned(),
            commune: "Marseille 3e Arrondissement".to_owned(),
            commune_code: None,
        };
        self.write(move |tx| Ok(identity::create_organisation(tx, &new)?.id))
    }

    /// Someone of an organization, signed in without the slow part of a password.
    pub fn person(&self, organisation_id: OrganisationId, role: Role, name: &str) -> Client {
        let signer = self.signer.clone();
        let name = name.to_owned();
        let (tokens, person) = self.write(move |tx| {
            let local = tx.new_id::<kernel::Person>().uuid().simple().to_string();
            let new = NewPerson {
                email: format!("{local}@test.example"),
                name: name.clone(),
                role,
                organisation_id,
                language: None,
            };
            let invited = identity::invite(tx, &new)?;
            let tokens = identity::open_session(tx, &signer, invited.person.id, None)?;
            diesel::delete(outbox::table.filter(outbox::recipient.eq(&new.email)))
                .execute(&mut **tx)?;
            diesel::delete(outbox::table.filter(outbox::kind.eq("new_member")))
                .execute(&mut **tx)?;
            Ok((tokens, invited.person.id))
        });
        let mut client = self.anyone.with_token(&tokens.access_token);
        client.organisation = organisation_id.to_string();
        client.person = person.to_string();
        client
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base(&self) -> String {
        self.anyone.base().to_owned()
    }

    /// A browser that nobody is signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.anyone.clone())
    }

    /// A browser in which somebody is signed in, without the slow part of a password.
    pub fn browser_of(&self, client: &Client) -> Browser {
        let person: kernel::PersonId = client.person.parse().expect("a person");
        let signer = self.signer.clone();
        let cookie = self.write(move |tx| {
            let tokens = identity::open_session(tx, &signer, person, None)?;
            let actor = signer.actor(&tokens.access_token, tx.now());
            identity::give_cookie(tx, &actor.expect("a token of ours"))
        });
        let mut browser = self.browser();
        browser.set_cookie("ressac", &cookie);
        browser
    }

    /// Writes to the database directly.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> db::Result<T> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.database.write(work))
            .expect("writes")
    }

    /// Reads from the database directly.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut db::Db) -> db::Result<T> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.database.read(work))
            .expect("reads")
    }

    /// The messages in the outbox, the oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        let rows: Vec<(String, String, String)> = self.read(|db| {
            Ok(outbox::table
                .order(outbox::id)
                .select((outbox::kind, outbox::recipient, outbox::data))
                .load(db)?)
        });
        rows.into_iter()
            .map(|(kind, to, data)| Mail {
                kind,
                to,
                data: serde_json::from_str(&data).expect("JSON"),
            })
            .collect()
    }

    /// Lets the mails leave that are due now; returns their texts.
    pub fn deliver(&self) -> Vec<String> {
        let folder = self.files.with_extension("mail");
        let settings = MailSettings {
            directory: folder.clone(),
            gather_seconds: 0,
            ..MailSettings::default()
        };
        let templates = Arc::new(Templates::load(&settings).expect("templates"));
        let mailer = Mailer::new(&settings, templates).expect("a mailer");
        self.runtime
            .block_on(notifications::drain(&self.database, &mailer))
            .expect("mails leave");
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let texts = files.map(|file| std::fs::read_to_string(file.path()).expect("a mail"));
        let texts = texts.collect();
        let _ = std::fs::remove_dir_all(&folder);
        texts
    }

    /// The messages of a kind.
    pub fn mails_of(&self, kind: &str) -> Vec<Mail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.kind == kind);
        mails
    }
}

fn run(state: State, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (give, take) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let settings = ServerSettings {
                workers: 2,
                shutdown_seconds: 1,
                client_seconds: 15,
                manifest_bytes: 4 << 20,
                manifest_rows: 25_000,
            };
            let api = api::Door::default();
            let console = console::Door::new(ConsoleSettings::default()).expect("sound templates");
            let doors = move |config: &mut actix_web::web::ServiceConfig| {
                api.open(config);
                console.open(config);
            };
            let server = web::serve(state, listener, settings, doors);
            let server = server.expect("serves");
            give.send(server.handle()).expect("handle");
            server.await.expect("runs");
        });
    });
    (take.recv().expect("a server"), thread)
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.runtime.block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = std::fs::remove_dir_all(&self.files);
    }
}
