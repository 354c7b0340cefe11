//! What holds for organizations, people and their passwords. Pure.

mod alike;
mod password;

use kernel::{Code, CommuneCode, Fields, Instant, PersonId, Refusal, Rna, Role, Siret, Text};

use crate::model::{
    Member, NewOrganisation, OrganisationKind, OrganisationStatus, SessionSettings,
};

pub use alike::{Alike, core_name, may_be_the_same, own_domain};
pub use password::{PASSWORD_MAX, check_password};

/// The role that an organization's people have fits its kind.
///
/// # Errors
/// `role_mismatch`.
pub fn role_fits(role: Role, kind: OrganisationKind) -> Result<(), Refusal> {
    let fits = match role {
        Role::Donor => kind == OrganisationKind::Donor,
        Role::Refurbisher => kind == OrganisationKind::Workshop,
        Role::Association => kind == OrganisationKind::Association,
        Role::Helper | Role::Staff | Role::Admin => kind == OrganisationKind::City,
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::field(
        "/role",
        Code::RoleMismatch,
        Code::RoleMismatch.help(),
    ))
}

/// The role that a machine's key acts in, from the kind of organization.
pub fn role_of(kind: OrganisationKind) -> Role {
    match kind {
        OrganisationKind::Donor => Role::Donor,
        OrganisationKind::Workshop => Role::Refurbisher,
        OrganisationKind::Association => Role::Association,
        OrganisationKind::City => Role::Staff,
    }
}

/// Only an association or a firm that gives registers itself, and a helper registers associations.
pub(crate) fn check_registered_kind(
    fields: &mut Fields,
    at: &str,
    kind: Option<OrganisationKind>,
    by_helper: bool,
) {
    let text = match kind {
        None | Some(OrganisationKind::Association) => return,
        Some(_) if by_helper => Text::new(
            "Vous n'inscrivez que des associations.",
            "You register associations only.",
        ),
        Some(OrganisationKind::Donor) => return,
        Some(_) => Text::new(
            "Seules une association ou une entreprise qui donne s'inscrivent elles-mêmes.",
            "Only an association or a firm that gives registers itself.",
        ),
    };
    fields.push(format!("{at}/kind"), Code::Invalid, text);
}

/// An address in the form in which it is stored and compared.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The mailbox behind an address in its stored form: what stands after a plus sign tells a
/// person's own mails apart, and not two people.
pub fn mailbox(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let owner = local.split('+').next().unwrap_or(local);
            format!("{owner}@{domain}")
        }
        None => email.to_owned(),
    }
}

/// Notes an address that cannot be one. What passes may still not exist: a mail tells.
pub fn check_email(fields: &mut Fields, pointer: &str, email: &str) {
    let email = email.trim();
    let well_formed = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains("..")
        })
        && !email
            .chars()
            .any(|c| c.is_whitespace() || kernel::is_unprintable(c) || "<>()[],;:\\\"".contains(c));
    if !well_formed {
        fields.push(
            pointer,
            Code::Invalid,
            Text::new(
                "Une adresse s'écrit nom@domaine.",
                "An address is written name@domain.",
            ),
        );
    }
}

/// The identifiers of an organization, read.
#[derive(Debug, Default)]
pub struct Identifiers {
    /// SIRET.
    pub siret: Option<Siret>,
    /// RNA.
    pub rna: Option<Rna>,
    /// INSEE code of the commune.
    pub commune_code: Option<CommuneCode>,
}

/// Reads an organization to be entered, and notes everything that is wrong with it.
pub fn check_organisation(
    fields: &mut Fields,
    prefix: &str,
    organisation: &NewOrganisation,
) -> Identifiers {
    fields.name(&format!("{prefix}/name"), &organisation.name, 200);
    fields.text(&format!("{prefix}/address"), &organisation.address, 300);
    fields.text(&format!("{prefix}/commune"), &organisation.commune, 100);
    let postal_code = organisation.postal_code.trim();
    if postal_code.len() != 5 || !postal_code.bytes().all(|b| b.is_ascii_digit()) {
        fields.push(
            format!("{prefix}/postal_code"),
            Code::Invalid,
            Text::new(
                "Un code postal a 5 chiffres.",
                "A postal code has 5 digits.",
            ),
        );
    }
    let commune_code = match given(organisation.commune_code.as_ref()) {
        Some(code) => identifier(
            fields,
            &format!("{prefix}/commune_code"),
            code,
            CommuneCode::help,
        ),
        None => CommuneCode::of_marseille(postal_code),
    };
    Identifiers {
        siret: given(organisation.siret.as_ref())
            .and_then(|siret| identifier(fields, &format!("{prefix}/siret"), siret, Siret::help)),
        rna: given(organisation.rna.as_ref())
            .and_then(|rna| identifier(fields, &format!("{prefix}/rna"), rna, Rna::help)),
        commune_code,
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn identifier<T: std::str::FromStr<Err = Code>>(
    fields: &mut Fields,
    pointer: &str,
    text: &str,
    help: fn() -> Text,
) -> Option<T> {
    text.parse()
        .map_err(|code| fields.push(pointer, code, help()))
        .ok()
}

/// Whether a status may follow another; `Ok(false)` when it is there already.
///
/// # Errors
/// `status_not_allowed`.
pub fn may_become(from: OrganisationStatus, to: OrganisationStatus) -> Result<bool, Refusal> {
    use OrganisationStatus::{Dissolved, Pending, Suspended, Verified};
    match (from, to) {
        (from, to) if from == to => Ok(false),
        (Pending | Suspended, Verified) | (Pending | Verified, Suspended) => Ok(true),
        (Pending | Verified | Suspended, Dissolved) => Ok(true),
        _ => Err(Refusal::plain(Code::StatusNotAllowed)),
    }
}

/// The city itself is not barred: nobody could undo it.
///
/// # Errors
/// `status_not_allowed`.
pub fn may_be_barred(kind: OrganisationKind, to: OrganisationStatus) -> Result<(), Refusal> {
    use OrganisationStatus::{Dissolved, Suspended};
    if kind == OrganisationKind::City && matches!(to, Suspended | Dissolved) {
        return Err(Refusal::new(
            Code::StatusNotAllowed,
            Text::new(
                "La ville qui administre ce service ne peut pas être suspendue.",
                "The city that runs this service cannot be suspended.",
            ),
        ));
    }
    Ok(())
}

/// Someone may leave while someone else stays who can go on.
///
/// # Errors
/// `not_found` when they are not of it, `last_person`.
pub fn may_leave(members: &[Member], person: PersonId) -> Result<(), Refusal> {
    let Some(leaving) = members.iter().find(|member| member.id == person) else {
        return Err(Refusal::not_found());
    };
    let others = members
        .iter()
        .any(|member| member.id != person && !member.disabled);
    if leaving.disabled || others {
        return Ok(());
    }
    Err(Refusal::plain(Code::LastPerson))
}

/// Whether the password was given a few minutes ago.
///
/// # Errors
/// `proof_required`.
pub fn fresh_enough(
    settings: SessionSettings,
    proven_at: Option<Instant>,
    now: Instant,
) -> Result<(), Refusal> {
    let fresh = |at: Instant| now.seconds_since(at) <= settings.proof_minutes * 60;
    match proven_at.is_some_and(fresh) {
        true => Ok(()),
        false => Err(Refusal::plain(Code::ProofRequired)),
    }
}

/// Whether an association is on the public list of equipped places once it was changed. Its own
/// people alone agree to it, and anyone who may change it takes it back.
///
/// # Errors
/// `not_allowed` at `/listed` when others agree in its place, or it is no association.
pub(crate) fn listed(
    (kind, before): (OrganisationKind, bool),
    asked: Option<bool>,
    city: bool,
) -> Result<bool, Refusal> {
    let agrees = asked == Some(true) && !before;
    if agrees && (city || kind != OrganisationKind::Association) {
        return Err(Refusal::field(
            "/listed",
            Code::NotAllowed,
            Text::new(
                "Seule une association peut accepter elle-même de figurer sur la liste publique des lieux équipés.",
                "Only an association can agree, itself, to be on the public list of equipped places.",
            ),
        ));
    }
    Ok(asked.unwrap_or(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::PasswordSettings;

    #[test]
    fn only_an_association_itself_agrees_to_be_listed() {
        use OrganisationKind::{Association, Workshop};
        let after = |kind, before, asked, city| listed((kind, before), asked, city).ok();
        assert_eq!(after(Association, false, Some(true), false), Some(true));
        assert_eq!(after(Association, false, Some(true), true), None);
        assert_eq!(after(Workshop, false, Some(true), false), None);
        for city in [true, false] {
            assert_eq!(after(Association, true, Some(false), city), Some(false));
            assert_eq!(after(Association, true, Some(true), city), Some(true));
            assert_eq!(after(Association, true, None, city), Some(true));
        }
    }

    #[test]
    fn an_association_is_found_under_another_spelling() {
        assert_eq!(
            core_name("Association « Les Cigales »"),
            core_name("cigales")
        );
        assert_eq!(core_name("Les"), "les");
        assert_eq!(
            own_domain("nadia@Cigales.example").as_deref(),
            Some("cigales.example")
        );
        assert_eq!(own_domain("nadia@gmail.com"), None);
        let alike = |name: &str, postal_code: &str, address: &str, domain: Option<&str>| Alike {
            id: kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().expect("id")),
            core: core_name(name),
            postal_code: postal_code.to_owned(),
            commune: String::new(),
            address: kernel::fold(address),
            email_domain: domain.map(str::to_owned),
        };
        let known = alike(
            "Les Cigales",
            "13001",
            "3 rue de l'Église",
            Some("cigales.example"),
        );
        let same = |other: Alike| may_be_the_same(&known, &other);
        assert!(same(alike("Association Les Cigales", "13001", "", None)));
        assert!(same(alike(
            "Les Cigalés",
            "13002",
            "",
            Some("cigales.example")
        )));
        assert!(same(alike(
            "Cigales du Panier",
            "13001",
            "3, RUE de l'église",
            None
        )));
        assert!(same(alike(
            "Centre social",
            "13001",
            "3 rue de l'Eglise",
            Some("cigales.example")
        )));
        assert!(!same(alike("Les Cigales", "75011", "", None)));
        assert!(!same(alike(
            "Les Fourmis",
            "13001",
            "3 rue de l'Église",
            None
        )));
        assert!(!same(alike(
            "Les Fourmis",
            "13001",
            "",
            Some("cigales.example")
        )));
    }

    #[test]
    fn proof_required() {
        let settings = SessionSettings::default();
        let at: Instant = "2023-02-28T09:00:00Z".parse().expect("instant");
        let after = |seconds| fresh_enough(settings, Some(at), at.plus_seconds(seconds));
        assert!(after(0).is_ok() && after(900).is_ok());
        assert_eq!(after(901).expect_err("refused").code, Code::ProofRequired);
        assert!(fresh_enough(settings, None, at).is_err());
    }

    #[test]
    fn role_mismatch() {
        for kind in OrganisationKind::ALL {
            assert!(role_fits(role_of(*kind), *kind).is_ok());
        }
        let refusal = role_fits(Role::Staff, OrganisationKind::Donor).expect_err("refused");
        assert_eq!(refusal.errors[0].code, Code::RoleMismatch);
    }

    #[test]
    fn weak_password() {
        let settings = PasswordSettings::default();
        let check = |password: &str| {
            check_password(
                &settings,
                password,
                &["amina@asso.example", "Amina Ben Saïd", "Les Mouettes"],
            )
        };
        for weak in [
            "court",
            "Password123",
            "motdepasse",
            "azertyuiop",
            "aaaaaaaaaaaa",
            "amina@asso.example",
            "Amina1982",
            "ressac2023",
            "MouettesMouettes",
        ] {
            assert!(check(weak).is_err(), "{weak}");
        }
        for good in [
            "une mouette sur le quai",
            "Un-mot-de-passe-solide-1",
            "Ressac-2026!",
            "東京の夜は長い冬",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        assert!(check(&"x1".repeat(100)).is_ok());
        assert!(check(&"x1".repeat(101)).is_err());
        let strict = PasswordSettings {
            min_length: 15,
            ..PasswordSettings::default()
        };
        assert!(check_password(&strict, "quai des brumes", &[]).is_ok());
        assert!(check_password(&strict, "quai de brumes", &[]).is_err());
    }

    #[test]
    fn addresses_are_checked_in_form_only() {
        let wrong = |email: &str| {
            let mut fields = Fields::default();
            check_email(&mut fields, "/email", email);
            !fields.is_empty()
        };
        for good in [
            "a@b.example",
            "prénom.nom@asso.example.org",
            "admin@localhost",
        ] {
            assert!(!wrong(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c.d",
            "a@b@c",
            "a@.b",
            "a@b..c",
            "x\r\nBcc: y@z.example",
        ] {
            assert!(wrong(bad), "{bad}");
        }
    }

    #[test]
    fn an_alias_is_in_the_mailbox_of_its_owner() {
        for (email, expected) in [
            ("r1@ville.example", "r1@ville.example"),
            ("r1+alias@ville.example", "r1@ville.example"),
            ("r1+a+b@ville.example", "r1@ville.example"),
            ("r1@ville+x.example", "r1@ville+x.example"),
        ] {
            assert_eq!(mailbox(email), expected);
        }
    }

    #[test]
    fn status_not_allowed() {
        use OrganisationStatus::{Dissolved, Pending, Suspended, Verified};
        let city = may_be_barred(OrganisationKind::City, Suspended).expect_err("refused");
        assert_eq!(city.code, Code::StatusNotAllowed);
        assert!(may_be_barred(OrganisationKind::Donor, Suspended).is_ok());
        assert_eq!(may_become(Pending, Verified), Ok(true));
        assert_eq!(may_become(Verified, Verified), Ok(false));
        assert_eq!(may_become(Suspended, Verified), Ok(true));
        assert!(may_become(Dissolved, Verified).is_err());
        assert!(may_become(Verified, Pending).is_err());
    }

    #[test]
    fn every_mistake_of_an_organisation_is_named_at_once() {
        let mut fields = Fields::default();
        check_organisation(
            &mut fields,
            "/organisation",
            &NewOrganisation {
                kind: None,
                name: " ".into(),
                siret: Some("73282932000079".into()),
                rna: Some("123".into()),
                address: "1 quai".into(),
                postal_code: "1300".into(),
                commune: "Marseille".into(),
                commune_code: None,
            },
        );
        let pointers: Vec<_> = fields
            .into_vec()
            .into_iter()
            .filter_map(|e| e.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/organisation/name",
                "/organisation/postal_code",
                "/organisation/siret",
                "/organisation/rna"
            ]
        );
    }
}
