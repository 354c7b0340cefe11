//! One function per use case: load, decide, write, tell.

use db::schema::organisations;
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{
    Actor, Code, Fields, Instant, Language, OrganisationId, PersonId, Refusal, Role, SessionId,
    Text,
};
use notifications::{Message, Recipient};

use crate::model::{
    ApiKeyCreated, Claimed, Invited, NewApiKey, NewOrganisation, NewPerson, Organisation,
    OrganisationKind, OrganisationStatus, Person, RegisteredOrganisation, Registration, TokenPair,
};
use crate::rules::{self, Identifiers};
use crate::store;
use crate::token::{self, INVITATION_DAYS, SESSION_DAYS, Signer256};

/// Enters an organization that staff know.
///
/// # Errors
/// `invalid_fields`, `already_registered`.
pub fn create_organisation(tx: &mut Tx<'_>, new: &NewOrganisation) -> Result<Organisation> {
    let mut fields = Fields::default();
    let identifiers = rules::check_organisation(&mut fields, "", new);
    let Some(kind) = new.kind else {
        fields.push("/kind", Code::Required, Code::Required.help());
        return Err(fields
            .check()
            .err()
            .unwrap_or_else(Refusal::not_found)
            .into());
    };
    fields.check()?;
    // staff vouch for whom they enter
    add_organisation(tx, new, identifiers, kind, OrganisationStatus::Verified)
}

fn add_organisation(
    tx: &mut Tx<'_>,
    new: &NewOrganisation,
    identifiers: Identifiers,
    kind: OrganisationKind,
    status: OrganisationStatus,
) -> Result<Organisation> {
    let siret = identifiers.siret.map(String::from);
    let rna = identifiers.rna.map(String::from);
    if store::identifier_taken(tx, siret.as_deref(), rna.as_deref())? {
        return Err(Code::AlreadyRegistered.into());
    }
    let organisation = Organisation {
        id: tx.new_id(),
        kind,
        name: new.name.trim().to_owned(),
        siret,
        rna,
        status,
        status_reason: None,
        address: new.address.trim().to_owned(),
        postal_code: new.postal_code.trim().to_owned(),
        commune: new.commune.trim().to_owned(),
        commune_code: identifiers.commune_code.map(String::from),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert_organisation(tx, &organisation)?;
    Ok(organisation)
}

/// The city and its first administrator: for the command line, before anyone can sign in.
/// A second administrator joins the city that is there.
///
/// # Errors
/// `email_taken`, `invalid_fields`.
pub fn found_city(
    tx: &mut Tx<'_>,
    city: &str,
    name: &str,
    email: &str,
    password_hash: Option<&str>,
) -> Result<Person> {
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", email);
    fields.text("/name", name, 200);
    fields.check()?;
    let known: Option<OrganisationId> = organisations::table
        .filter(organisations::kind.eq(OrganisationKind::City))
        .order(organisations::id)
        .select(organisations::id)
        .first(&mut **tx)
        .optional()?;
    let organisation_id = match known {
        Some(id) => id,
        None => {
            let organisation = Organisation {
                id: tx.new_id(),
                kind: OrganisationKind::City,
                name: city.to_owned(),
                siret: None,
                rna: None,
                status: OrganisationStatus::Verified,
                status_reason: None,
                address: String::new(),
                postal_code: String::new(),
                commune: city.to_owned(),
                commune_code: None,
                version: 1,
                created_at: tx.now(),
                updated_at: tx.now(),
            };
            store::insert_organisation(tx, &organisation)?;
            organisation.id
        }
    };
    let person = Person {
        id: tx.new_id(),
        organisation_id,
        email: rules::normal_email(email),
        name: name.trim().to_owned(),
        role: Role::Admin,
        language: Language::French,
    };
    add_person(tx, &person, password_hash)?;
    if password_hash.is_none() {
        send_invitation(tx, &person, city, false)?;
    }
    Ok(person)
}

fn add_person(tx: &mut Tx<'_>, person: &Person, password_hash: Option<&str>) -> Result<()> {
    if store::email_taken(tx, &person.email)? {
        return Err(Code::EmailTaken.into());
    }
    let now = tx.now();
    store::insert_person(tx, person, password_hash, now)
}

/// Mails a link that sets the password.
fn send_invitation(
    tx: &mut Tx<'_>,
    person: &Person,
    organisation: &str,
    registered_itself: bool,
) -> Result<Instant> {
    let token = token::random()?;
    let (id, now) = (tx.new_id(), tx.now());
    let expires_at = now.plus_days(INVITATION_DAYS);
    store::insert_invitation(tx, id, person.id, &token::hash(&token), now, expires_at)?;
    let organisation = organisation.to_owned();
    let message = if registered_itself {
        Message::RegistrationReceived {
            organisation,
            token,
            expires_at,
        }
    } else {
        Message::Invitation {
            organisation,
            token,
            expires_at,
        }
    };
    notifications::push(tx, &recipient(person), &message)?;
    Ok(expires_at)
}

fn recipient(person: &Person) -> Recipient {
    Recipient {
        person: Some(person.id),
        email: person.email.clone(),
        name: person.name.clone(),
        language: person.language,
    }
}

/// Invites someone by mail.
///
/// # Errors
/// `invalid_fields`, `role_mismatch`, `email_taken`.
pub fn invite(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Invited> {
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", &new.email);
    fields.text("/name", &new.name, 200);
    fields.check()?;
    let organisation = store::organisation(tx, new.organisation_id)?.ok_or_else(|| {
        Refusal::field(
            "/organisation_id",
            Code::UnknownReference,
            Code::UnknownReference.help(),
        )
    })?;
    rules::role_fits(new.role, organisation.kind)?;
    let person = Person {
        id: tx.new_id(),
        organisation_id: organisation.id,
        email: rules::normal_email(&new.email),
        name: new.name.trim().to_owned(),
        role: new.role,
        language: new.language.unwrap_or(Language::French),
    };
    add_person(tx, &person, None)?;
    let invitation_expires_at = send_invitation(tx, &person, &organisation.name, false)?;
    Ok(Invited {
        person,
        invitation_expires_at,
    })
}

/// An association registers itself; it stays pending until staff verify it.
///
/// # Errors
/// `invalid_fields`, `already_registered`, `email_taken`.
pub fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<RegisteredOrganisation> {
    let new = &registration.organisation;
    let mut fields = Fields::default();
    let identifiers = rules::check_organisation(&mut fields, "/organisation", new);
    if new
        .kind
        .is_some_and(|kind| kind != OrganisationKind::Association)
    {
        fields.push(
            "/organisation/kind",
            Code::Invalid,
            Text::new(
                "Seule une association s'inscrit elle-même.",
                "Only an association registers itself.",
            ),
        );
    }
    rules::check_email(&mut fields, "/person/email", &registration.person.email);
    fields.text("/person/name", &registration.person.name, 200);
    fields.check()?;
    let organisation = add_organisation(
        tx,
        new,
        identifiers,
        OrganisationKind::Association,
        OrganisationStatus::Pending,
    )?;
    let person = Person {
        id: tx.new_id(),
        organisation_id: organisation.id,
        email: rules::normal_email(&registration.person.email),
        name: registration.person.name.trim().to_owned(),
        role: Role::Association,
        language: registration.person.language.unwrap_or(Language::French),
    };
    add_person(tx, &person, None)?;
    send_invitation(tx, &person, &organisation.name, true)?;
    Ok(RegisteredOrganisation {
        organisation,
        person,
    })
}

/// Staff vouch for an organization, or reinstate it.
///
/// # Errors
/// `not_found`, `status_not_allowed`.
pub fn verify_organisation(tx: &mut Tx<'_>, id: OrganisationId) -> Result<Organisation> {
    let (organisation, changed) = change_status(tx, id, OrganisationStatus::Verified, None)?;
    if changed && organisation.kind == OrganisationKind::Association {
        let message = Message::AssociationVerified {
            organisation: organisation.name.clone(),
        };
        let people = store::contacts(tx, id)?;
        notifications::push_all(tx, &people, &message)?;
    }
    Ok(organisation)
}

/// Staff bar an organization; its sessions change nothing from now on.
///
/// # Errors
/// `invalid_fields` without a reason, `not_found`, `status_not_allowed`.
pub fn suspend(tx: &mut Tx<'_>, id: OrganisationId, reason: &str) -> Result<Organisation> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2000);
    fields.check()?;
    let (organisation, changed) =
        change_status(tx, id, OrganisationStatus::Suspended, Some(reason))?;
    if changed {
        let message = Message::OrganisationSuspended {
            organisation: organisation.name.clone(),
            reason: reason.to_owned(),
        };
        let people = store::contacts(tx, id)?;
        notifications::push_all(tx, &people, &message)?;
    }
    Ok(organisation)
}

/// Moves an organization to a status; false when it was there already.
///
/// # Errors
/// `not_found`, `status_not_allowed`.
pub fn change_status(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    to: OrganisationStatus,
    reason: Option<&str>,
) -> Result<(Organisation, bool)> {
    let mut organisation = store::organisation(tx, id)?.ok_or_else(Refusal::not_found)?;
    if !rules::may_become(organisation.status, to)? {
        return Ok((organisation, false));
    }
    let now = tx.now();
    store::set_status(tx, &organisation, to, reason, now)?;
    organisation.status = to;
    organisation.status_reason = reason.map(str::to_owned);
    organisation.version += 1;
    organisation.updated_at = now;
    Ok((organisation, true))
}

/// Sets the password of someone who was invited, and signs them in. `password_hash` is
/// made by the caller, outside of the transaction; `password` is checked here.
///
/// # Errors
/// `invalid_token` when the link was used or is too old, `weak_password`.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    token: &str,
    password: &str,
    password_hash: &str,
) -> Result<TokenPair> {
    let now = tx.now();
    let invitation = store::invitation(tx, &token::hash(token))?
        .filter(|invitation| !invitation.used && invitation.expires_at > now)
        .ok_or(Code::InvalidToken)?;
    rules::check_password(password, &invitation.email)?;
    store::use_invitation(tx, invitation.id, now)?;
    store::set_password(tx, invitation.person, password_hash, now)?;
    open_session(tx, signer, invitation.person)
}

/// Opens a session for someone whose password was checked.
///
/// # Errors
/// `invalid_credentials` when the account was disabled meanwhile.
pub fn open_session(tx: &mut Tx<'_>, signer: &Signer256, person: PersonId) -> Result<TokenPair> {
    let (role, organisation) = store::signing_in(tx, person)?.ok_or(Code::InvalidCredentials)?;
    let session: SessionId = tx.new_id();
    let now = tx.now();
    store::insert_session(tx, session, person, now, now.plus_days(SESSION_DAYS))?;
    let claimed = Claimed {
        person,
        role,
        organisation,
        session,
    };
    issue(tx, signer, claimed)
}

fn issue(tx: &mut Tx<'_>, signer: &Signer256, claimed: Claimed) -> Result<TokenPair> {
    let refresh_token = token::random()?;
    let now = tx.now();
    store::insert_refresh_token(tx, claimed.session, &token::hash(&refresh_token), now)?;
    Ok(TokenPair {
        access_token: signer.sign(claimed, now)?,
        token_type: "Bearer",
        expires_in: token::ACCESS_SECONDS,
        refresh_token,
    })
}

/// Exchanges a refresh token for a new pair. One that was used before ends the session:
/// `Ok(None)`, so that the end is kept.
///
/// # Errors
/// When the database fails.
pub fn refresh(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    refresh_token: &str,
) -> Result<Option<TokenPair>> {
    let token_hash = token::hash(refresh_token);
    let now = tx.now();
    let Some((session, used)) = store::refresh_token(tx, &token_hash)? else {
        return Ok(None);
    };
    if used {
        store::end_session(tx, session, "refresh token used twice", now)?;
        return Ok(None);
    }
    let Some((claimed, _)) = store::live_session(tx, session, now)? else {
        return Ok(None);
    };
    store::use_refresh_token(tx, &token_hash, now)?;
    store::extend_session(tx, session, now.plus_days(SESSION_DAYS))?;
    issue(tx, signer, claimed).map(Some)
}

/// Signs out.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let now = tx.now();
    match actor.session {
        Some(session) => store::end_session(tx, session, "signed out", now),
        None => Ok(()),
    }
}

/// Checks, in the transaction that writes, that the actor still is who the token says: a
/// session that was ended, a role that was changed or an organization that was suspended
/// a moment ago changes nothing.
///
/// # Errors
/// `session_ended`, `organisation_suspended`.
pub fn confirm(db: &mut Db, actor: &Actor, now: Instant) -> Result<()> {
    let Some(session) = actor.session else {
        return Ok(()); // a key is looked up at each request
    };
    let (claimed, status) = store::live_session(db, session, now)?.ok_or(Code::SessionEnded)?;
    if claimed.role != actor.role || claimed.organisation != actor.organisation {
        return Err(Code::SessionEnded.into());
    }
    if status == OrganisationStatus::Suspended {
        return Err(Code::OrganisationSuspended.into());
    }
    Ok(())
}

/// Makes a key for a machine of an organization.
///
/// # Errors
/// `invalid_fields`, `unknown_reference`.
pub fn create_api_key(tx: &mut Tx<'_>, actor: &Actor, new: &NewApiKey) -> Result<ApiKeyCreated> {
    let mut fields = Fields::default();
    fields.text("/name", &new.name, 200);
    if new.scopes.is_empty() {
        fields.push("/scopes", Code::Required, Code::Required.help());
    }
    if new.expires_at.is_some_and(|at| at <= tx.now()) {
        fields.push("/expires_at", Code::OutOfRange, Code::OutOfRange.help());
    }
    fields.check()?;
    let organisation_id = new.organisation_id.unwrap_or(actor.organisation);
    let organisation = store::organisation(tx, organisation_id)?.ok_or_else(|| {
        Refusal::field(
            "/organisation_id",
            Code::UnknownReference,
            Code::UnknownReference.help(),
        )
    })?;
    let key = format!("{}{}", token::API_KEY_PREFIX, token::random()?);
    let (id, now) = (tx.new_id(), tx.now());
    let role = rules::role_of(organisation.kind);
    store::insert_api_key(
        tx,
        id,
        organisation_id,
        actor.person,
        role,
        new,
        &token::hash(&key),
        now,
    )?;
    Ok(ApiKeyCreated {
        id,
        key,
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        organisation_id,
        expires_at: new.expires_at,
    })
}
