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
