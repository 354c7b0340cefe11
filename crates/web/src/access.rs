//! Who may do what: one table, a row a permission. A handler names its row in its
//! signature, so one that forgets to ask does not compile.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use identity::Scope;
use kernel::{Actor, Code, Role};

use crate::idempotency::IdempotencyKey;
use crate::known::Known;
pub use crate::known::introduce;
use crate::problem::ApiError;
use crate::record::Origin;

/// A row of the access table.
pub trait Permission: 'static {
    /// Its name.
    const NAME: &'static str;
    /// The roles that have it.
    const ROLES: &'static [Role];
    /// The scope that a machine's key needs for it.
    const SCOPE: Scope;
    /// What else holds for it.
    const TRAITS: &'static [Trait];
}

/// What else holds for a row of the access table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// Takes a person, whatever the scopes of a key: a key is a principal of its own, and none
    /// of the people whom a decision takes.
    InPerson,
    /// Goes into the audit log: each change, and what the city's people look at.
    Recorded,
    /// Is about one's own account: any key may ask it, and it is open to those who still
    /// have to set up a second factor.
    OwnAccount,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident: $scope:ident, [$($role:ident)*] $($trait:ident)*;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl Permission for $name {
                const NAME: &'static str = stringify!($name);
                const ROLES: &'static [Role] = &[$(Role::$role),*];
                const SCOPE: Scope = Scope::$scope;
                const TRAITS: &'static [Trait] = &[$(Trait::$trait),*];
            }
        )*

        /// The whole table: name and roles.
        pub const TABLE: &[(&str, &[Role])] = &[$(($name::NAME, $name::ROLES)),*];
    };
}

permissions! {
    // identity
    /// See and end one's own session.
    UseAccount: Identity, [Donor Refurbisher Association Helper Staff Admin] OwnAccount;
    /// Change one's own password, second factor and name, and read what is held about oneself.
    ManageAccount: Identity, [Donor Refurbisher Association Helper Staff Admin] InPerson OwnAccount Recorded;
    /// Invite people.
    InvitePeople: Identity, [Admin] InPerson Recorded;
    /// Erase people, and help who lost their second factor.
    ManagePeople: Identity, [Admin] InPerson Recorded;
    /// Make, list and revoke keys for machines.
    ManageApiKeys: Identity, [Admin] InPerson Recorded;
    /// Read who saw and changed what.
    ReadAudit: Identity, [Staff Admin] InPerson;
    /// Enter organizations: staff any that they know, helpers associations.
    CreateOrganisations: Identity, [Helper Staff Admin] Recorded;
    /// Read organizations: the city all, helpers those that they entered, others their own.
    ReadOrganisations: Identity, [Donor Refurbisher Association Helper Staff Admin] Recorded;
    /// Read who acts for one's own organization.
    ReadColleagues: Identity, [Donor Refurbisher Association Staff Admin] Recorded;
    /// Invite people into one's own organization, and leave it.
    ManageColleagues: Identity, [Donor Refurbisher Association Staff Admin] InPerson Recorded;
    /// Read double registrations.
    ReadRegistrationCases: Identity, [Staff Admin] Recorded;
    /// Settle double registrations.
    SettleRegistrations: Identity, [Staff Admin] InPerson Recorded;
    /// Change one's own organization; staff any.
    ChangeOrganisations: Identity, [Donor Refurbisher Association Staff Admin] InPerson Recorded;
    /// Verify and suspend organizations.
    JudgeOrganisations: Identity, [Staff Admin] InPerson Recorded;

    // intake
    /// Register a batch, upload its manifest, submit it.
    RegisterBatches: Intake, [Donor Staff Admin];
    /// Accept and refuse batches.
    DecideBatches: Intake, [Staff Admin] InPerson Recorded;
    /// Schedule the pickup of batches.
    ScheduleBatches: Intake, [Staff Admin] Recorded;
    /// Cancel a batch.
    CancelBatches: Intake, [Donor Staff Admin];
    /// Note that a batch was picked up.
    CollectBatches: Intake, [Refurbisher Staff Admin];
    /// Confirm or contest what a workshop counted of one's own batch.
    AnswerReceptions: Intake, [Donor];
    /// Read batches.
    ReadBatches: Intake, [Donor Refurbisher Staff Admin];
    /// Count what arrives.
    ReceiveBatches: Workshop, [Refurbisher];
    /// Close a batch once it is counted.
    CloseBatches: Workshop, [Refurbisher Staff Admin];

    // workshop
    /// Read devices and their custody log.
    ReadDevices: Workshop, [Donor Refurbisher Staff Admin];
    /// Log what happens to devices.
    LogDevices: Workshop, [Refurbisher];
    /// Put right what was logged of the wrong device, or what a device is.
    CorrectDevices: Workshop, [Refurbisher Staff Admin] InPerson Recorded;
    /// Decide where a machine contradicts its record, and accept evidence that leaves a doubt.
    DecideEvidence: Workshop, [Refurbisher] InPerson;
    /// Say who stands at a station.
    NameOperators: Workshop, [Refurbisher] Recorded;
    /// Read what machines said of themselves, as it was sent.
    ReadEvidence: Workshop, [Refurbisher Staff Admin];
    /// Read the stock of accessories and parts.
    ReadStock: Workshop, [Refurbisher Staff Admin];
    /// Count accessories and parts in and out.
    CountStock: Workshop, [Refurbisher];
    /// Send devices to another workshop, receive them, call them back.
    SendDevices: Workshop, [Refurbisher];
    /// Read shipments: the city all, a workshop its own.
    ReadTransfers: Workshop, [Refurbisher Staff Admin];
    /// Read the list of waste: the city all, a workshop its own.
    ReadWaste: Workshop, [Refurbisher Staff Admin];

    // eligibility
    /// Read programmes.
    ReadProgrammes: Eligibility, [Donor Refurbisher Association Helper Staff Admin];
    /// Set up programmes and load the tables they use.
    ManageProgrammes: Eligibility, [Staff Admin] Recorded;
    /// Apply, change, submit and withdraw one's own application; staff and helpers on behalf.
    Apply: Eligibility, [Association Helper Staff Admin];
    /// Read applications: the city all, helpers those that they opened, an association its own.
    ReadApplications: Eligibility, [Association Helper Staff Admin] Recorded;
    /// Read the ranking.
    ReadRanking: Eligibility, [Staff Admin] Recorded;
    /// Ask for changes, assess and decide.
    ReviewApplications: Eligibility, [Staff Admin] InPerson Recorded;
    /// Decide appeals on decisions that somebody else took.
    DecideAppeals: Eligibility, [Staff Admin] InPerson Recorded;

    // allocation and handover
    /// Set up, propose and simulate waves.
    ManageWaves: Allocation, [Staff Admin] Recorded;
    /// Pin lines, submit, reject and cancel waves; release lots, pass them on, note conventions.
    DecideWaves: Allocation, [Staff Admin] InPerson Recorded;
    /// Approve waves that somebody else submitted.
    ApproveWaves: Allocation, [Staff Admin] InPerson Recorded;
    /// Read the lines of waves: the city all, an association its own.
    ReadWaveLines: Allocation, [Association Staff Admin];
    /// Read picking lists: the city all, a workshop its own devices.
    ReadPickingLists: Allocation, [Refurbisher Staff Admin];
    /// Read handovers: the city all, a workshop what it keeps, a helper those of applications that
    /// they opened, an association its own.
    ReadHandovers: Allocation, [Refurbisher Association Helper Staff Admin];
    /// Report a device that was received and does not work, or is not needed any more.
    ReportIncidents: Allocation, [Association Helper Staff Admin] Recorded;
    /// Schedule and miss handovers, replace devices.
    RunHandovers: Allocation, [Refurbisher Staff Admin];
    /// Choose when a lot is collected, among the times that its workshop offers.
    ChooseSlots: Allocation, [Association Helper] Recorded;
    /// Say who collects a lot for the association.
    NameCollectors: Allocation, [Association Staff Admin] Recorded;
    /// Complete handovers, with a signature.
    SignHandovers: Allocation, [Refurbisher Staff Admin] InPerson;

    // notifications
    /// Read the outbox and send again.
    ReadOutbox: Notifications, [Staff Admin] Recorded;
    /// Have other programs told of what one's own organization hears.
    ManageWebhooks: Notifications, [Donor Refurbisher Association Staff Admin] Recorded;
}

/// The signed-in actor, whose role has the permission `P`.
#[derive(Debug)]
pub struct Allowed<P> {
    pub(crate) actor: Actor,
    /// For the audit log, when the row says so.
    pub(crate) origin: Option<Origin>,
    pub(crate) idempotency: Option<IdempotencyKey>,
    permission: PhantomData<fn() -> P>,
}

impl<P> Clone for Allowed<P> {
    fn clone(&self) -> Self {
        Self {
            actor: self.actor,
            origin: self.origin.clone(),
            idempotency: self.idempotency.clone(),
            permission: PhantomData,
        }
    }
}

impl<P> Allowed<P> {
    /// Who is asking.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The same with the key of a form, which is sent once.
    #[must_use]
    pub fn with_repeat(mut self, key: Option<IdempotencyKey>) -> Self {
        self.idempotency = key;
        self
    }

    /// The same under the name that the audit log has for the use case, whichever door it is
    /// asked at.
    #[must_use]
    pub fn named(mut self, deed: &str) -> Self {
        self.origin = self.origin.map(|origin| origin.named(deed));
        self
    }

    /// Whoever asks, for the share that each person has of what is scarce.
    pub fn asks(&self) -> u128 {
        self.actor.person.uuid().as_u128()
    }

    /// The same without its idempotency key: nothing of the answer is kept for a repeat.
    #[must_use]
    pub fn without_repeat(mut self) -> Self {
        self.idempotency = None;
        self
    }
}

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request).map_err(ApiError::from))
    }
}

impl<P: Permission> Allowed<P> {
    /// Whoever asks, once it is known who that is.
    ///
    /// # Errors
    /// `not_authenticated`, `not_allowed`.
    pub fn of(request: &HttpRequest) -> Result<Self, Code> {
        let extensions = request.extensions();
        let known = extensions.get::<Known>().ok_or(Code::NotAuthenticated)?;
        let in_scope = known
            .scopes
            .as_ref()
            .is_none_or(|scopes| opens::<P>(scopes));
        if !P::ROLES.contains(&known.actor.role) || !in_scope {
            return Err(Code::NotAllowed);
        }
        let recorded = P::TRAITS.contains(&Trait::Recorded);
        Ok(Self {
            actor: known.actor,
            origin: recorded.then(|| Origin::of(request)),
            idempotency: extensions.get::<IdempotencyKey>().cloned(),
            permission: PhantomData,
        })
    }
}

/// Whether a key with these scopes opens a row.
fn opens<P: Permission>(scopes: &[Scope]) -> bool {
    let own = P::TRAITS.contains(&Trait::OwnAccount);
    (own || scopes.contains(&P::SCOPE)) && !P::TRAITS.contains(&Trait::InPerson)
}

/// Nobody in particular: an operation that needs no account.
#[derive(Debug)]
pub struct Anyone {
    pub(crate) idempotency: Option<IdempotencyKey>,
}

impl Anyone {
    /// Whoever sends a form, which is sent once.
    pub fn with_form(key: &str, content: &[u8]) -> Self {
        Self {
            idempotency: IdempotencyKey::of_open_form(key, content),
        }
    }
}

impl FromRequest for Anyone {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self {
            idempotency: IdempotencyKey::of(request),
        }))
    }
}
