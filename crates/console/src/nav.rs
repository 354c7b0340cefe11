//! The main navigation of each role, and where its work begins.

use kernel::{Language, Role};
use serde::Serialize;

/// The first page of each role.
pub(crate) fn home_of(role: Role) -> &'static str {
    match role {
        Role::Donor => "/dons",
        Role::Refurbisher => "/atelier",
        Role::Association | Role::Helper => "/demandes",
        Role::Staff | Role::Admin => "/ville",
    }
}

/// Address, French, English. Add a line for a page that a role opens every day, no other.
type Link = (&'static str, &'static str, &'static str);

const PUBLIC: &[Link] = &[
    ("/", "Accueil", "Home"),
    ("/chiffres", "Chiffres", "Figures"),
    ("/inscription", "S’inscrire", "Register"),
];
const DONOR: &[Link] = &[
    ("/dons", "Mes dons", "My donations"),
    ("/dons/nouveau", "Proposer un don", "Offer a donation"),
];
const WORKSHOP: &[Link] = &[
    ("/atelier", "Atelier", "Workshop"),
    ("/atelier/scan", "Scanner", "Scan"),
    ("/atelier/lots", "Dons à recevoir", "Donations to receive"),
    ("/atelier/appareils", "Appareils", "Devices"),
    ("/atelier/stock", "Stock", "Stock"),
    ("/atelier/remises", "Remises", "Handovers"),
];
const ASSOCIATION: &[Link] = &[
    ("/demandes", "Mes demandes", "My applications"),
    (
        "/chiffres",
        "Chiffres et attributions",
        "Figures and allocations",
    ),
];
const HELPER: &[Link] = &[
    ("/demandes", "Demandes", "Applications"),
    (
        "/inscription",
        "Inscrire une association",
        "Register an association",
    ),
];
const CITY: &[Link] = &[
    ("/ville", "Ville", "City"),
    ("/ville/demandes", "Demandes", "Applications"),
    ("/ville/vagues", "Vagues", "Waves"),
    ("/ville/remises", "Remises", "Handovers"),
    ("/ville/organisations", "Organisations", "Organizations"),
    ("/dons", "Dons", "Donations"),
    ("/atelier", "Atelier", "Workshop"),
    ("/ville/recherche", "Chercher", "Search"),
];

/// A link of the main navigation, as the layout shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NavItem {
    href: &'static str,
    text: &'static str,
    current: bool,
    badge: Option<String>,
}

/// The links of somebody, the one of the page at hand marked.
pub(crate) fn of(role: Option<Role>, language: Language, path: &str) -> Vec<NavItem> {
    let links = match role {
        None => PUBLIC,
        Some(Role::Donor) => DONOR,
        Some(Role::Refurbisher) => WORKSHOP,
        Some(Role::Association) => ASSOCIATION,
        Some(Role::Helper) => HELPER,
        Some(Role::Staff | Role::Admin) => CITY,
    };
    let below = |href: &str| path == href || path.starts_with(&format!("{href}/"));
    // of two that lead to the page at hand, the nearer one
    let hrefs = links.iter().map(|(href, ..)| *href);
    let current = hrefs
        .filter(|href| below(href))
        .max_by_key(|href| href.len());
    let item = |(href, french, english): &Link| NavItem {
        href,
        text: match language {
            Language::French => french,
            Language::English => english,
        },
        current: current == Some(*href),
        badge: None,
    };
    links.iter().map(item).collect()
}
