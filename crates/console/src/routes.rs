//! The one table of pages: what is served for people, and who may see it. A handler takes a
//! `Page<Permission>` with the permission of its row, or a `Visit` where everybody may come;
//! another one does not compile.

use ::web::access::{
    AnswerReceptions, Apply, ApproveWaves, CancelBatches, ChangeOrganisations, ChooseSlots,
    CloseBatches, CollectBatches, CorrectDevices, CountStock, CreateOrganisations, DecideAppeals,
    DecideBatches, DecideEvidence, DecideWaves, InvitePeople, JudgeOrganisations, LogDevices,
    ManageAccount, ManageApiKeys, ManageColleagues, ManagePeople, ManageProgrammes, ManageWaves,
    ManageWebhooks, NameCollectors, ReadApplications, ReadAudit, ReadBatches, ReadColleagues,
    ReadEvidence, ReadHandovers, ReadOutbox, ReadPickingLists, ReadRanking, ReadRegistrationCases,
    ReadStock, ReadTransfers, ReadWaste, ReadWaveLines, ReceiveBatches, RegisterBatches,
    ReportIncidents, ReviewApplications, RunHandovers, ScheduleBatches, SendDevices,
    SettleRegistrations, SignHandovers, UseAccount,
};
use actix_web::web;

use crate::pages;
use crate::routing::{Admits, Anybody, Row, get, on, pages, post};
use crate::sample::Sample;

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
    open_data {
        get "/donnees" => show, Anybody;
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
    follow {
        get "/suivi/{token}" => show, Anybody;
    }
    verify {
        get "/verifier" => ask, Anybody;
        get "/verifier/{code}" => show, Anybody;
    }
    reception_link {
        get "/reception" => show, Anybody;
        post "/reception" => send, Anybody;
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
    account_views {
        get "/compte/vues" => show, ManageAccount;
        post "/compte/vues" => save, ManageAccount;
        post "/compte/vues/{id}/retirer" => remove, ManageAccount;
    }
    account_calendar {
        get "/compte/agenda" => show, ManageAccount;
        post "/compte/agenda" => make, ManageAccount;
        post "/compte/agenda/retirer" => revoke, ManageAccount;
    }
    calendar {
        get "/agenda/{token}" => feed, Anybody;
    }
    organisation_change {
        get "/compte/organisation" => own, ChangeOrganisations;
        post "/compte/organisation" => change_own, ChangeOrganisations;
        get "/ville/organisations/{id}/modifier" => of_city, ChangeOrganisations;
        post "/ville/organisations/{id}/modifier" => change_of_city, ChangeOrganisations;
    }
    account_data {
        get "/compte/donnees" => show, ManageAccount;
        get "/compte/donnees.json" => download, ManageAccount;
        get "/compte/fermer" => ask, ManageColleagues;
        post "/compte/fermer" => leave, ManageColleagues;
    }
    account_colleagues {
        get "/compte/collegues" => show, ReadColleagues;
        get "/compte/collegues/inviter" => blank, ManageColleagues;
        post "/compte/collegues/inviter" => invite, ManageColleagues;
        get "/compte/collegues/{id}/retirer" => ask, ManageColleagues;
        post "/compte/collegues/{id}/retirer" => remove, ManageColleagues;
    }
    account_api_keys {
        get "/compte/cles" => list, ManageApiKeys;
        get "/compte/cles/nouvelle" => blank, ManageApiKeys;
        post "/compte/cles/nouvelle" => create, ManageApiKeys;
        post "/compte/cles/{id}/desactiver" => revoke, ManageApiKeys;
    }
    account_webhooks {
        get "/compte/webhooks" => list, ManageWebhooks;
        get "/compte/webhooks/nouveau" => blank, ManageWebhooks;
        post "/compte/webhooks/nouveau" => create, ManageWebhooks;
        get "/compte/webhooks/{id}" => show, ManageWebhooks;
        post "/compte/webhooks/{id}/reprendre" => enable, ManageWebhooks;
        post "/compte/webhooks/{id}/supprimer" => delete, ManageWebhooks;
    }

    go {
        get "/aller/dons/{reference}" => batch, UseAccount;
        get "/aller/demandes/{reference}" => application, UseAccount;
        get "/aller/messages/{reference}" => messages, UseAccount;
        get "/aller/recours/{reference}" => appeal, UseAccount;
        get "/aller/lots/{reference}" => handover, UseAccount;
        get "/aller/suivis/{id}" => obligation, UseAccount;
        get "/aller/signalements/{id}" => incident, UseAccount;
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
        post "/atelier/scan/poste" => switch, LogDevices;
        post "/atelier/scan/place" => make_room, LogDevices;
        get "/atelier/scan/hors-ligne" => shell, Anybody;
        get "/atelier/sw.js" => worker, Anybody;
    }
    labels {
        get "/atelier/etiquettes" => show, ReadEvidence;
        get "/atelier/etiquettes/imprimer" => print, ReadEvidence;
        get "/atelier/etiquettes/essai" => test, ReadEvidence;
    }
    devices {
        get "/atelier/appareils" => list, ReadEvidence;
    }
    device {
        get "/atelier/appareils/{id}" => show, ReadEvidence;
        post "/atelier/appareils/{id}/photos" => add_photos, LogDevices;
        get "/atelier/appareils/{id}/photos/{sha256}" => photo, ReadEvidence;
    }
    device_step {
        get "/atelier/appareils/{id}/etapes/{step}" => show, LogDevices;
        post "/atelier/appareils/{id}/etapes/{step}" => send, LogDevices;
    }
    device_correct {
        get "/atelier/appareils/{id}/corriger" => show, CorrectDevices;
        post "/atelier/appareils/{id}/corriger" => send, CorrectDevices;
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
    application_messages {
        get "/demandes/{id}/messages" => of_association, ReadApplications;
        post "/demandes/{id}/messages" => send_as_association, Apply;
        get "/ville/demandes/{id}/messages" => of_city, ReviewApplications;
        post "/ville/demandes/{id}/messages" => send_as_city, ReviewApplications;
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
        get "/lots/{id}/bordereau" => note, ReadHandovers;
        post "/lots/{id}/collecte" => collector, NameCollectors;
        post "/lots/{id}/creneau" => choose, ChooseSlots;
    }
    lot_report {
        get "/lots/{id}/signaler" => show, ReportIncidents;
        post "/lots/{id}/signaler" => send, ReportIncidents;
    }
    incidents {
        get "/signalements" => list, ReadHandovers;
        get "/signalements/{id}" => show, ReadHandovers;
        post "/signalements/{id}/clore" => close, RunHandovers;
    }
    follow_up {
        get "/suivis/{id}" => show, ReadApplications;
        post "/suivis/{id}" => send, Apply;
    }

    // donors
    donor_new {
        get "/dons/nouveau" => show, RegisterBatches;
        post "/dons/nouveau" => create, RegisterBatches;
    }
    donor_batch {
        get "/dons/{id}" => show, ReadBatches;
        post "/dons/{id}/proposer" => offer, RegisterBatches;
        post "/dons/{id}/annuler" => cancel, CancelBatches;
    }
    donor_list {
        get "/dons/{id}/liste" => show, RegisterBatches;
        post "/dons/{id}/liste" => send, RegisterBatches;
        post "/dons/{id}/liste/corrections" => mend, RegisterBatches;
        post "/dons/{id}/liste/reponses" => answer, RegisterBatches;
        post "/dons/{id}/liste/abandonner" => drop, RegisterBatches;
    }
    donor_pickup {
        get "/dons/{id}/enlevement" => show, RegisterBatches;
        post "/dons/{id}/enlevement" => save, RegisterBatches;
        post "/dons/{id}/enlevement/accepter" => accept, RegisterBatches;
        post "/dons/{id}/enlevement/deplacer" => ask_to_move, RegisterBatches;
    }
    donor_count {
        get "/dons/{id}/comptage" => show, ReadBatches;
        post "/dons/{id}/comptage/confirmer" => confirm, AnswerReceptions;
        post "/dons/{id}/comptage/contester" => contest, AnswerReceptions;
    }
    donor_devices {
        get "/dons/{id}/appareils" => show, ReadBatches;
    }
    donor_papers {
        get "/dons/{id}/attestation" => certificate, ReadBatches;
        get "/dons/{id}/recapitulatif" => summary, ReadBatches;
    }
    donor_share {
        get "/dons/{id}/partage" => show, RegisterBatches;
        post "/dons/{id}/partage" => make, RegisterBatches;
        post "/dons/{id}/partage/retirer" => revoke, RegisterBatches;
    }
    trucks {
        get "/dons/{id}/camions" => show, ReadBatches;
        post "/dons/{id}/camions" => send, ScheduleBatches;
        post "/dons/{id}/camions/annuler" => call_off, ScheduleBatches;
        post "/dons/{id}/camions/parti" => leave, CollectBatches;
    }
    batch {
        get "/ville/dons/{id}" => of_city, DecideBatches;
        post "/ville/dons/{id}/accepter" => accept, DecideBatches;
        post "/ville/dons/{id}/refuser" => refuse, DecideBatches;
        post "/ville/dons/{id}/annuler" => cancel, CancelBatches;
        post "/ville/dons/{id}/enlevement" => schedule, ScheduleBatches;
    }

    // workshops
    workshop_batches {
        get "/atelier/lots" => list, CollectBatches;
    }
    reception {
        get "/atelier/lots/{id}" => show, CollectBatches;
        post "/atelier/lots/{id}/enlever" => collect, CollectBatches;
        post "/atelier/lots/{id}/recevoir" => receive, ReceiveBatches;
        post "/atelier/lots/{id}/accessoires" => accessories, ReceiveBatches;
        post "/atelier/lots/{id}/clore" => close, CloseBatches;
        post "/atelier/lots/{id}/retrouver" => receive_late, LogDevices;
    }
    erasure_reports {
        get "/atelier/rapports" => show, LogDevices;
        post "/atelier/rapports" => send, LogDevices;
    }
    open_drives {
        get "/atelier/disques" => list, ReadEvidence;
        post "/atelier/appareils/{id}/acceptation" => decide, DecideEvidence;
    }
    stock {
        get "/atelier/stock" => show, CountStock;
        post "/atelier/stock/accessoires" => change, CountStock;
        post "/atelier/stock/pieces" => change_part, CountStock;
        get "/atelier/stock/mouvements" => movements, CountStock;
    }
    stocktake {
        get "/atelier/stock/inventaire" => count, CountStock;
        post "/atelier/stock/inventaire" => book, CountStock;
    }
    waste {
        get "/atelier/dechets" => list, ReadWaste;
        post "/atelier/dechets" => note, LogDevices;
    }
    workshop_transfers {
        get "/atelier/transferts" => list, ReadTransfers;
        get "/atelier/transferts/nouveau" => new, SendDevices;
        post "/atelier/transferts/nouveau" => send, SendDevices;
    }
    workshop_transfer {
        get "/atelier/transferts/{id}" => show, ReadTransfers;
        post "/atelier/transferts/{id}/recevoir" => receive, SendDevices;
        post "/atelier/transferts/{id}/rappeler" => cancel, SendDevices;
    }
    handovers {
        get "/atelier/remises" => show, RunHandovers;
    }
    hand_over {
        get "/ville/remises/{id}/remise" => show, SignHandovers;
        post "/ville/remises/{id}/remise" => complete, SignHandovers;
    }
    slots {
        get "/atelier/creneaux" => show, RunHandovers;
        post "/atelier/creneaux" => offer, RunHandovers;
        post "/atelier/creneaux/retirer" => withdraw, RunHandovers;
    }
    city_calendar {
        get "/ville/remises" => show, RunHandovers;
    }
    city_lot {
        get "/ville/remises/{id}" => show, RunHandovers;
        post "/ville/remises/{id}/rendez-vous" => schedule, RunHandovers;
        post "/ville/remises/{id}/manquee" => miss, RunHandovers;
        post "/ville/remises/{id}/prolonger" => extend, DecideWaves;
        post "/ville/remises/{id}/retour" => take_back, RunHandovers;
        post "/ville/remises/{id}/remplacer" => replace, RunHandovers;
        post "/ville/remises/{id}/reprendre" => release, DecideWaves;
        post "/ville/remises/{id}/autoriser" => allow, DecideWaves;
        post "/ville/remises/{id}/corriger" => correct, DecideWaves;
    }

    // the city
    city_search {
        get "/ville/recherche" => show, ReviewApplications;
    }
    city_applications {
        get "/ville/demandes" => show, ReviewApplications;
        post "/ville/demandes" => share_out, ReviewApplications;
        get "/ville/absences" => absence, ReviewApplications;
        post "/ville/absences" => transfer, ReviewApplications;
    }
    city_application {
        get "/ville/demandes/{id}" => show, ReviewApplications;
    }
    city_review {
        post "/ville/demandes/{id}/attribution" => assign, ReviewApplications;
        post "/ville/demandes/{id}/notes" => assess, ReviewApplications;
        post "/ville/demandes/{id}/decision" => decide, ReviewApplications;
    }
    city_changes {
        get "/ville/demandes/{id}/precisions" => show, ReviewApplications;
        post "/ville/demandes/{id}/precisions" => send, ReviewApplications;
    }
    city_appeal {
        get "/ville/recours" => list, ReviewApplications;
        get "/ville/recours/{id}" => show, ReviewApplications;
        post "/ville/recours/{id}/decision" => decide, DecideAppeals;
    }
    city_organisations {
        get "/ville/organisations" => list, JudgeOrganisations;
        get "/ville/organisations/nouvelle" => blank, CreateOrganisations;
        post "/ville/organisations/nouvelle" => enter, CreateOrganisations;
    }
    city_organisation {
        get "/ville/organisations/{id}" => show, JudgeOrganisations;
        post "/ville/organisations/{id}/verification" => verify, JudgeOrganisations;
        post "/ville/organisations/{id}/suspension" => suspend, JudgeOrganisations;
        post "/ville/organisations/{id}/membres" => invite, ManageColleagues;
        post "/ville/organisations/{id}/retrait" => remove, ManageColleagues;
    }
    city_journal {
        get "/ville/journal" => show, ReadAudit;
    }
    city_people {
        get "/ville/personnes" => list, ManagePeople;
        get "/ville/personnes/nouvelle" => blank, InvitePeople;
        post "/ville/personnes/nouvelle" => invite, InvitePeople;
        get "/ville/personnes/{id}" => show, ManagePeople;
        post "/ville/personnes/{id}" => change, ManagePeople;
        post "/ville/personnes/{id}/deconnecter" => sign_out, ManagePeople;
    }
    city_programmes {
        get "/ville/programmes" => list, ManageProgrammes;
        get "/ville/programmes/nouveau" => blank, ManageProgrammes;
        post "/ville/programmes/nouveau" => create, ManageProgrammes;
        get "/ville/programmes/{id}" => show, ManageProgrammes;
        post "/ville/programmes/{id}" => change, ManageProgrammes;
        post "/ville/territoires" => load_territories, ManageProgrammes;
    }
    city_rubric {
        get "/ville/programmes/{id}/grille" => show, ManageProgrammes;
        post "/ville/programmes/{id}/grille" => pin, ManageProgrammes;
    }
    city_ranking {
        get "/ville/programmes/{id}/classement" => show, ReadRanking;
        get "/ville/programmes/{id}/classement.csv" => csv, ReadRanking;
    }
    city_waves {
        get "/ville/vagues" => list, ManageWaves;
        get "/ville/vagues/nouvelle" => new, ManageWaves;
        post "/ville/vagues/nouvelle" => create, ManageWaves;
    }
    city_wave {
        get "/ville/vagues/{id}" => show, ManageWaves;
        post "/ville/vagues/{id}/reglages" => save, ManageWaves;
    }
    city_wave_views {
        get "/ville/vagues/{id}/lots" => lots, ManageWaves;
        get "/ville/vagues/{id}/stock" => stock, ManageWaves;
        get "/ville/vagues/{id}/interventions" => interventions, ManageWaves;
    }
    city_wave_line {
        get "/ville/vagues/{id}/lignes/{application_id}" => show, ManageWaves;
        post "/ville/vagues/{id}/lignes/{application_id}" => pin, DecideWaves;
        post "/ville/vagues/{id}/lignes/{application_id}/liberer" => unpin, DecideWaves;
    }
    city_wave_decision {
        get "/ville/vagues/{id}/decision" => show, ManageWaves;
        post "/ville/vagues/{id}/proposer" => propose, ManageWaves;
        post "/ville/vagues/{id}/soumettre" => submit, DecideWaves;
        post "/ville/vagues/{id}/annuler" => cancel, DecideWaves;
    }
    city_approval {
        get "/ville/approbations/{id}" => show, ManageWaves;
        post "/ville/approbations/{id}/approuver" => approve, ApproveWaves;
        post "/ville/approbations/{id}/renvoyer" => send_back, DecideWaves;
    }
    city_waiting {
        get "/ville/programmes/{id}/attente" => show, ManageWaves;
    }
    picking {
        get "/vagues/{id}/preparation" => show, ReadPickingLists;
    }
    city_obligations {
        get "/ville/suivis" => list, ReviewApplications;
    }
    city_summary {
        get "/ville/bilan" => show, ManageWaves;
    }
    city_registrations {
        get "/ville/inscriptions" => show, ReadRegistrationCases;
        post "/ville/inscriptions/{id}/reglement" => settle, SettleRegistrations;
    }
    city_messages {
        get "/ville/messages" => show, ReadOutbox;
        post "/ville/messages/essai" => test, ReadOutbox;
        post "/ville/messages/{id}/renvoyer" => retry, ReadOutbox;
    }
}
