//! The one table of pages: what is served for people, and who may see it. A handler takes a
//! `Page<Permission>` with the permission of its row, or a `Visit` where everybody may come;
//! another one does not compile.

use ::web::access::{
    Apply, CollectBatches, DecideBatches, LogDevices, ManageAccount, ManageColleagues, ManageWaves, Permission,
    ReadApplications, ReadBatches, ReadEvidence, ReadHandovers, ReadOutbox, ReadRegistrationCases,
    ReadStock, ReadTransfers, ReadWaveLines, ReviewApplications, RunHandovers, UseAccount,
};
use actix_web::{FromRequest, Handler, Responder, Route, guard, web};

use crate::page::{Page, Visit};
use crate::pages;
use crate::samples::Sample;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its address.
    pub path: &'static str,
    /// The file below `pages/`.
    pub page: &'static str,
    /// The permission that it takes, by its name; `Anybody` for none.
    pub permission: &'static str,
}

/// For pages that everybody may see.
pub(crate) enum Anybody {}

/// Who may come: a row of the access table, or everybody.
pub(crate) trait Admits {
    /// As the table says it.
    const NAME: &'static str;
}

impl Admits for Anybody {
    const NAME: &'static str = "Anybody";
}

impl<P: Permission> Admits for P {
    const NAME: &'static str = <P as Permission>::NAME;
}

/// What a handler takes, when its first part asks who comes.
pub(crate) trait Asks<P> {}

macro_rules! asks {
    ($($more:ident)*) => {
        impl<P, $($more),*> Asks<P> for (Page<P>, $($more,)*) {}
        impl<$($more),*> Asks<Anybody> for (Visit, $($more,)*) {}
    };
}

asks!();
asks!(A);
asks!(A B);
asks!(A B C);

fn on<P, F, Args>(method: Route, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + Asks<P> + 'static,
    F::Output: Responder + 'static,
{
    method.to(handler)
}

fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn post() -> Route {
    web::post()
}

/// A page, its addresses, its handlers, and who may come.
macro_rules! pages {
    ($($page:ident { $($method:ident $path:literal => $handler:ident, $permission:ident;)+ })+) => {
        /// Every page, in the order in which the router looks.
        pub const TABLE: &[Row] = &[$($(Row {
            method: stringify!($method),
            path: $path,
            page: stringify!($page),
            permission: <$permission as Admits>::NAME,
        }),+),+];

        /// Registers every page.
        pub(crate) fn register(config: &mut web::ServiceConfig) {
            $($(config.route($path, on::<$permission, _, _>($method(), pages::$page::$handler));)+)+
        }

        /// The examples of every page.
        pub(crate) fn samples() -> Vec<Sample> {
            let mut all = Vec::new();
            $(all.extend(pages::$page::samples());)+
            all
        }
    };
}

pages! {
    // everybody
    home {
        get "/" => show, Anybody;
    }
    sign_in {
        get "/connexion" => show, Anybody;
        post "/connexion" => send, Anybody;
    }
    sign_out {
        post "/deconnexion" => send, UseAccount;
    }
    language {
        post "/langue" => send, Anybody;
    }
    forgotten {
        get "/mot-de-passe-oublie" => show, Anybody;
        post "/mot-de-passe-oublie" => send, Anybody;
    }
    password_link {
        get "/invitation" => invitation, Anybody;
        post "/invitation" => accept, Anybody;
        get "/reset" => reset, Anybody;
        post "/reset" => set_anew, Anybody;
    }
    registration {
        get "/inscription" => show, Anybody;
        post "/inscription" => send, Anybody;
        get "/inscription/envoyee" => sent, Anybody;
    }
    programme {
        get "/programmes/{id}" => show, Anybody;
    }
    figures {
        get "/chiffres" => show, Anybody;
    }
    public_wave {
        get "/vagues/{id}" => show, Anybody;
    }
    information {
        get "/accessibilite" => accessibility, Anybody;
        get "/mentions" => legal, Anybody;
    }
    styles {
        get "/styles" => show, Anybody;
    }
    unsubscribe {
        get "/unsubscribe" => show, Anybody;
        post "/unsubscribe" => send, Anybody;
    }

    // everybody who is signed in
    account {
        get "/compte" => show, ManageAccount;
        post "/compte" => correct, ManageAccount;
    }
    account_messages {
        get "/compte/messages" => show, ManageAccount;
        post "/compte/messages" => choose, ManageAccount;
    }
    account_password {
        get "/compte/mot-de-passe" => show, ManageAccount;
        post "/compte/mot-de-passe" => change, ManageAccount;
    }
    account_email {
        get "/compte/adresse" => show, ManageAccount;
        post "/compte/adresse" => ask, ManageAccount;
        get "/email" => open, Anybody;
        post "/email" => confirm, Anybody;
    }
    account_second_factor {
        get "/compte/deuxieme-facteur" => show, ManageAccount;
        post "/compte/deuxieme-facteur" => begin, ManageAccount;
        post "/compte/deuxieme-facteur/code" => confirm, ManageAccount;
        post "/compte/deuxieme-facteur/retirer" => remove, ManageAccount;
    }
    account_sessions {
        get "/compte/sessions" => show, ManageAccount;
        post "/compte/sessions" => end_others, ManageAccount;
        post "/compte/sessions/{id}/fermer" => end, ManageAccount;
    }
    account_data {
        get "/compte/donnees" => show, ManageAccount;
        get "/compte/donnees.json" => download, ManageAccount;
        get "/compte/fermer" => ask, ManageColleagues;
        post "/compte/fermer" => leave, ManageColleagues;
    }

    go {
        get "/aller/dons/{reference}" => batch, UseAccount;
        get "/aller/demandes/{reference}" => application, UseAccount;
        get "/aller/recours/{reference}" => appeal, UseAccount;
        get "/aller/lots/{reference}" => handover, UseAccount;
        get "/aller/suivis/{id}" => obligation, UseAccount;
    }

    // homes
    donor_home {
        get "/dons" => show, ReadBatches;
    }
    workshop_home {
        get "/atelier" => show, ReadStock;
    }
    scan {
        get "/atelier/scan" => show, LogDevices;
        post "/atelier/scan" => send, LogDevices;
        post "/atelier/scan/lignes" => send_lines, LogDevices;
        get "/atelier/scan/hors-ligne" => shell, Anybody;
        get "/atelier/sw.js" => worker, Anybody;
    }
    devices {
        get "/atelier/appareils" => list, ReadEvidence;
        get "/atelier/appareils/{id}" => show, ReadEvidence;
    }
    association_home {
        get "/demandes" => show, ReadApplications;
    }
    city_home {
        get "/ville" => show, ReviewApplications;
    }

    // associations
    application_new {
        get "/demandes/nouvelle" => show, Apply;
        post "/demandes/nouvelle" => create, Apply;
    }
    application {
        get "/demandes/{id}" => show, ReadApplications;
    }
    application_check {
        get "/demandes/{id}/verifier" => show, Apply;
        post "/demandes/{id}/verifier" => send, Apply;
    }
    application_documents {
        get "/demandes/{id}/pieces" => show, ReadApplications;
        post "/demandes/{id}/pieces" => attach, Apply;
        get "/pieces/{id}" => download, ReadApplications;
        post "/pieces/{id}/retirer" => remove, Apply;
    }
    application_withdraw {
        get "/demandes/{id}/retrait" => show, Apply;
        post "/demandes/{id}/retrait" => send, Apply;
    }
    application_score {
        get "/demandes/{id}/points" => show, ReadApplications;
    }
    appeal_new {
        get "/demandes/{id}/recours" => show, Apply;
        post "/demandes/{id}/recours" => send, Apply;
    }
    application_reply {
        get "/demandes/{id}/reponse/{number}" => show, Apply;
        post "/demandes/{id}/reponse/{number}" => answer, Apply;
    }
    explanation {
        get "/demandes/{id}/explication/{wave}" => show, ReadWaveLines;
    }
    // after the pages of an application that have a name of their own
    application_section {
        get "/demandes/{id}/{section}" => show, Apply;
        post "/demandes/{id}/{section}" => save, Apply;
    }
    lot {
        get "/lots/{id}" => show, ReadHandovers;
    }
    follow_up {
        get "/suivis/{id}" => show, ReadApplications;
        post "/suivis/{id}" => send, Apply;
    }

    // donors
    batch {
        get "/dons/{id}" => of_donor, ReadBatches;
        get "/atelier/lots/{id}" => of_workshop, CollectBatches;
        get "/ville/dons/{id}" => of_city, DecideBatches;
    }

    // workshops
    workshop_transfer {
        get "/atelier/transferts/{id}" => show, ReadTransfers;
    }
    handovers {
        get "/atelier/remises" => show, RunHandovers;
        get "/ville/remises" => show, RunHandovers;
    }

    // the city
    city_application {
        get "/ville/demandes/{id}" => show, ReviewApplications;
    }
    city_appeal {
        get "/ville/recours/{id}" => show, ReviewApplications;
    }
    city_wave {
        get "/ville/vagues/{id}" => show, ManageWaves;
        get "/ville/approbations/{id}" => show, ManageWaves;
    }
    city_registrations {
        get "/ville/inscriptions" => show, ReadRegistrationCases;
    }
    city_messages {
        get "/ville/messages" => show, ReadOutbox;
        post "/ville/messages/{id}/renvoyer" => retry, ReadOutbox;
    }
}
