//! The one table of error codes: what a program may meet, with its HTTP status and the
//! sentence a person reads when the case at hand says no more. Codes are never renamed.

use crate::Text;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal $status:literal $fr:literal $en:literal;)*) => {
        /// A stable error code. See the table in `codes.rs`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $en] $name,)*
        }

        impl Code {
            /// The whole table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name that programs rely on.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The sentence for a person, when the case at hand says no more.
            pub fn help(self) -> Text {
                match self { $(Self::$name => Text::new($fr, $en),)* }
            }
        }
    };
}

codes! {
    // the request itself
    MalformedBody "malformed_body" 400 "Le corps de la requête n'est pas du JSON lisible." "The body is not readable JSON.";
    MalformedRequest "malformed_request" 400 "La requête est mal formée." "The request is malformed.";
    NotAuthenticated "not_authenticated" 401 "Connectez-vous pour continuer." "Sign in to continue.";
    InvalidCredentials "invalid_credentials" 401 "L'adresse ou le mot de passe est faux." "The address or the password is wrong.";
    SecondFactorRequired "second_factor_required" 401 "Ce compte demande aussi un code de votre application d'authentification : envoyez-le dans « totp »." "This account also asks for a code of your authenticator application: send it in `totp`.";
    SecondFactorRefused "second_factor_refused" 401 "Ce code n'est pas le bon, ou a déjà servi ; attendez le suivant." "This code is not the right one, or was used already; wait for the next.";
    SecondFactorMissing "second_factor_missing" 403 "Votre rôle demande un second facteur : activez-le d'abord dans votre compte." "Your role asks for a second factor: set it up in your account first.";
    SecondFactorSet "second_factor_set" 409 "Ce compte a déjà un second facteur ; retirez-le d'abord." "This account has a second factor already; remove it first.";
    ProofRequired "proof_required" 403 "Confirmez d'abord votre mot de passe (POST /me/proof) : votre dernière connexion est trop ancienne pour cette action." "Confirm your password first (POST /me/proof): your last sign-in is too long ago for this.";
    SessionEnded "session_ended" 401 "Cette session est terminée ; connectez-vous de nouveau." "This session has ended; sign in again.";
    NotAllowed "not_allowed" 403 "Votre rôle ne permet pas cette action." "Your role does not allow this.";
    NotFound "not_found" 404 "Introuvable, ou hors de votre portée." "Not there, or not yours.";
    MethodNotAllowed "method_not_allowed" 405 "Cette adresse existe, mais pas avec cette méthode." "This address is there, but not with this method.";
    RequestTimeout "request_timeout" 408 "La requête est arrivée trop lentement ; réessayez." "The request came too slowly; try again.";
    StaleVersion "stale_version" 412 "Quelqu'un a modifié cette fiche entre-temps ; rechargez-la." "Someone changed this meanwhile; load it again.";
    TooLarge "too_large" 413 "L'envoi est trop volumineux." "What was sent is too large.";
    WrongMediaType "wrong_media_type" 415 "Ce type de contenu n'est pas accepté ici." "This content type is not accepted here.";
    InvalidFields "invalid_fields" 422 "Certains champs sont à corriger." "Some fields need correcting.";
    InvalidPage "invalid_page" 422 "La page demandée n'existe pas." "There is no such page.";
    IdempotencyKeyReused "idempotency_key_reused" 422 "Cette clé d'idempotence a déjà servi pour une autre requête." "This idempotency key was used for another request.";
    TooManyRequests "too_many_requests" 429 "Trop de tentatives ; patientez un instant." "Too many attempts; wait a moment.";
    Unavailable "unavailable" 503 "Le service est momentanément indisponible ; réessayez." "The service is unavailable for a moment; try again.";
    Internal "internal" 500 "Une erreur interne s'est produite ; elle est consignée." "Something failed inside; it has been logged.";

    // fields and lines
    Required "required" 422 "Ce champ est à remplir." "This field is required.";
    Invalid "invalid" 422 "Cette valeur n'est pas acceptée." "This value is not accepted.";
    TooLong "too_long" 422 "Ce texte est trop long." "This text is too long.";
    OutOfRange "out_of_range" 422 "Cette valeur est hors des limites." "This value is out of range.";
    InvalidIdentifier "invalid_identifier" 422 "Cet identifiant n'est pas bien formé." "This identifier is not well-formed.";
    Duplicate "duplicate" 422 "Cette valeur est en double." "This value stands twice.";
    UnknownField "unknown_field" 422 "Ce champ n'existe pas ici." "There is no such field here.";
    UnknownReference "unknown_reference" 422 "Ce qui est désigné n'existe pas." "What is named does not exist.";

    // identity
    EmailTaken "email_taken" 409 "Cette adresse a déjà un compte." "This address has an account already.";
    AlreadyRegistered "already_registered" 409 "Cette organisation est déjà inscrite." "This organization is registered already.";
    InvalidToken "invalid_token" 422 "Ce lien n'est plus valable ; demandez-en un nouveau." "This link is no longer valid; ask for a new one.";
    WrongPassword "wrong_password" 422 "Ce n'est pas votre mot de passe actuel." "This is not your present password.";
    WeakPassword "weak_password" 422 "Choisissez un mot de passe plus long et moins courant." "Choose a longer and less common password.";
    AssociationDissolved "association_dissolved" 409 "Le registre national indique que cette association est dissoute." "The national register says that this association is dissolved.";
    LastPerson "last_person" 409 "C'est la dernière personne de l'organisation ; invitez d'abord quelqu'un." "This is the last person of the organization; invite someone first.";
    CaseClosed "case_closed" 409 "Ce doublon est déjà réglé." "This duplicate is settled already.";
    RoleMismatch "role_mismatch" 422 "Ce rôle ne va pas avec ce type d'organisation." "This role does not go with this kind of organization.";
    OrganisationSuspended "organisation_suspended" 409 "Cette organisation est suspendue." "This organization is suspended.";
    OrganisationNotVerified "organisation_not_verified" 409 "Cette organisation n'est pas encore vérifiée." "This organization is not verified yet.";
    StatusNotAllowed "status_not_allowed" 409 "L'état actuel ne permet pas cette action." "The present status does not allow this.";

    // intake
    BatchNotEditable "batch_not_editable" 409 "Ce lot ne peut plus être modifié." "This batch can no longer be changed.";
    BatchStepNotAllowed "batch_step_not_allowed" 409 "Ce lot n'en est pas à cette étape." "This batch is not at this step.";
    SeveralSheets "several_sheets" 422 "Plusieurs feuilles de ce classeur listent des appareils ; dites laquelle lire." "Several sheets of this workbook list devices; say which one to read.";
    ManifestInvalid "manifest_invalid" 422 "Des lignes de l'inventaire sont à corriger ; rien n'a été enregistré." "Lines of the manifest need correcting; nothing was stored.";
    ManifestUnreadable "manifest_unreadable" 422 "Ce fichier n'est pas un inventaire lisible." "This file is not a readable manifest.";
    DuplicateSerial "duplicate_serial" 422 "Ce numéro de série est en double." "This serial number stands twice.";
    MangledSerial "mangled_serial" 422 "Un tableur a abîmé ce numéro de série ; mettez la colonne au format texte." "A spreadsheet mangled this serial number; format the column as text.";
    LineTooLong "line_too_long" 422 "Cette ligne a plus de cellules que l'en-tête." "This line has more cells than the header.";
    UnknownKind "unknown_kind" 422 "Ce type d'appareil n'est pas connu." "This kind of device is not known.";
    UnreadableNumber "unreadable_number" 422 "Ce nombre n'est pas lisible." "This number is not readable.";
    UnreadableDate "unreadable_date" 422 "Cette date n'est pas lisible ; écrivez-la 31/12/2019." "This date is not readable; write it 31/12/2019.";
    QuoteNotClosed "quote_not_closed" 422 "Un guillemet ouvre cette cellule et ne la referme pas." "A quotation mark opens this cell and does not close it.";
    ReceptionConfirmed "reception_confirmed" 409 "Vous avez déjà confirmé cette réception." "You have confirmed this reception already.";
    DateInPast "date_in_past" 422 "Cette date est passée." "This date is in the past.";
    DateInFuture "date_in_future" 422 "Cette date est à venir." "This date is in the future.";

    // workshop
    UnknownDevice "unknown_device" 404 "Aucun appareil ne porte ce numéro." "No device has this number.";
    ClientIdReused "client_id_reused" 409 "Ce numéro de ligne a déjà servi à autre chose ; rien n'a été enregistré." "This line's number was used for something else already; nothing was saved.";
    NotYourWorkshop "not_your_workshop" 403 "Cet appareil est dans un autre atelier." "This device is in another workshop.";
    StepNotAllowed "step_not_allowed" 409 "Cet appareil n'en est pas à cette étape." "This device is not at this step.";
    ErasureNotProven "erasure_not_proven" 409 "L'effacement des données n'est pas prouvé." "The erasure of the data is not proven.";
    NothingToResolve "nothing_to_resolve" 409 "Aucune contradiction n'est ouverte sur ce point." "No contradiction is open on this point.";
    ReportUnreadable "report_unreadable" 422 "Ce rapport d'effacement n'est pas lisible." "This erasure report is not readable.";
    ReportMismatch "report_mismatch" 409 "Ce rapport porte sur d'autres disques que ceux de cet appareil." "This report is about other drives than those of this device.";
    DriveNotCovered "drive_not_covered" 409 "Un disque de cet appareil n'a pas de preuve d'effacement." "A drive of this device has no proof of erasure.";
    AbsenceContradicted "absence_contradicted" 409 "La machine a été vue avec ce disque, ou il est soudé : son absence ne suffit pas à le dire." "The machine was seen with this drive, or it is soldered: it takes more than to say that it is absent.";
    DriveProvenElsewhere "drive_proven_elsewhere" 409 "Ce disque est déjà prouvé dans un autre appareil : un effacement vaut pour un appareil à la fois." "This drive is proven in another device already: an erasure serves one device at a time.";
    TestsNotPassed "tests_not_passed" 409 "Les tests ne sont pas réussis." "The tests are not passed.";
    SamePerson "same_person" 409 "Une autre personne doit faire cette étape." "Another person must do this step.";
    KitIncomplete "kit_incomplete" 409 "Il manque des accessoires pour compléter cet appareil." "Accessories are missing to complete this device.";
    DeviceNotReady "device_not_ready" 409 "Cet appareil n'est pas prêt." "This device is not ready.";
    AlreadyReserved "already_reserved" 409 "Cet appareil est réservé à une association." "This device is reserved for an association.";
    StockTooLow "stock_too_low" 409 "Il n'y en a pas assez en stock." "There is not enough in stock.";
    CorrectionNotPossible "correction_not_possible" 409 "Cette ligne du journal ne peut pas, ou plus, être corrigée." "This line of the log cannot be corrected, or not any more.";
    CorrectionNeedsCity "correction_needs_city" 409 "Quelque chose d'irrévocable a suivi : seule la ville peut corriger." "Something irrevocable followed: only the city can correct it.";
    DeviceInTransit "device_in_transit" 409 "Cet appareil est en route vers un autre atelier." "This device is on its way to another workshop.";
    TransferStepNotAllowed "transfer_step_not_allowed" 409 "Cet envoi n'en est pas à cette étape." "This shipment is not at this step.";

    // eligibility
    UnknownRubric "unknown_rubric" 422 "Ce barème n'existe pas." "There is no such rubric.";
    RubricInvalid "rubric_invalid" 422 "Ce barème est mal écrit." "This rubric is not well written.";
    ProgrammeClosed "programme_closed" 409 "Ce dispositif n'accepte pas de demande en ce moment." "This programme takes no applications now.";
    ApplicationExists "application_exists" 409 "Votre association a déjà une demande dans ce dispositif." "Your association has an application in this programme already.";
    ApplicationNotEditable "application_not_editable" 409 "Cette demande ne peut plus être modifiée." "This application can no longer be changed.";
    ApplicationIncomplete "application_incomplete" 422 "La demande est incomplète." "The application is incomplete.";
    ApplicationStepNotAllowed "application_step_not_allowed" 409 "Cette demande n'en est pas à cette étape." "This application is not at this step.";
    ChangesOpen "changes_open" 409 "Des points signalés restent à traiter." "Some points that were raised are still open.";
    UnknownItem "unknown_item" 404 "Aucun point signalé ne porte ce numéro." "No point that was raised has this number.";
    LotReserved "lot_reserved" 409 "Un lot est réservé à cette demande." "A lot is reserved for this application.";
    DocumentNotAccepted "document_not_accepted" 415 "Ce fichier n'est ni un PDF, ni une image, ni un document ODT ou DOCX." "This file is no PDF, image, ODT or DOCX document.";
    DocumentInfected "document_infected" 422 "L'antivirus refuse ce fichier." "The virus scanner refuses this file.";
    AppealNotPossible "appeal_not_possible" 409 "Cette demande n'a pas reçu de décision à contester." "This application has no decision to contest.";
    AppealTooLate "appeal_too_late" 409 "Le délai de recours est passé." "The time to appeal is over.";
    AppealExists "appeal_exists" 409 "Cette décision fait déjà l'objet d'un recours." "This decision is under appeal already.";
    AppealDecided "appeal_decided" 409 "Ce recours est déjà tranché." "This appeal is decided already.";
    ObligationMet "obligation_met" 409 "Cette obligation est déjà remplie." "This obligation is met already.";
    RubricUnchanged "rubric_unchanged" 409 "Ce dispositif a déjà ce barème dans cette version." "This programme has this rubric in this version already.";
    AssessmentMissing "assessment_missing" 409 "Une évaluation manque encore." "An assessment is still missing.";
    UnknownCriterion "unknown_criterion" 404 "Le barème n'a pas ce critère évalué." "The rubric has no such assessed criterion.";
    NotScored "not_scored" 409 "Cette demande n'a pas encore de score." "This application has no score yet.";
    KnockedOut "knocked_out" 409 "Une condition du barème n'est pas remplie." "A condition of the rubric is not met.";
    TableUnreadable "table_unreadable" 422 "Ce fichier n'est pas une table de fragilité lisible." "This file is not a readable table of the fragility index.";

    // allocation and handover
    WaveOutOfDate "wave_out_of_date" 409 "Le stock ou les demandes ont changé depuis la proposition ; proposez de nouveau." "The stock or the applications changed since the plan; propose again.";
    ValueMissing "value_missing" 409 "Un type d'appareil n'a pas de valeur en euros." "A kind of device has no value in euros.";
    NothingToAllocate "nothing_to_allocate" 409 "Il n'y a rien à attribuer." "There is nothing to allocate.";
    PinNotPossible "pin_not_possible" 409 "Cette quantité ne peut pas être fixée." "This quantity cannot be fixed.";
    WaveNotEditable "wave_not_editable" 409 "Cette vague ne peut plus être modifiée." "This wave can no longer be changed.";
    WaveStepNotAllowed "wave_step_not_allowed" 409 "Cette vague n'en est pas à cette étape." "This wave is not at this step.";
    HandoverStepNotAllowed "handover_step_not_allowed" 409 "Cette remise n'en est pas à cette étape." "This handover is not at this step.";
    DeviceNotInLot "device_not_in_lot" 409 "Cet appareil n'est pas dans ce lot." "This device is not in this lot.";
    ConventionRequired "convention_required" 409 "Au-delà de ce montant annuel, une convention signée avec l'association est nécessaire avant la remise." "Above this sum a year, a signed convention with the association is needed before the handover.";
    CommitmentMissing "commitment_missing" 409 "L'association n'a pas souscrit le contrat d'engagement républicain." "The association has not subscribed to the republican commitment contract.";
    CityGiftNotAllowed "city_gift_not_allowed" 409 "La Ville ne peut céder gratuitement un bien de cette valeur." "The city may not give away property of this value.";
    LotIncomplete "lot_incomplete" 409 "Il manque des appareils du lot." "Devices of the lot are missing.";
    NoReplacement "no_replacement" 409 "Aucun appareil équivalent n'est prêt dans cet atelier." "No equivalent device is ready in this workshop.";
    TruckToCome "truck_to_come" 409 "Un autre camion est encore attendu : notez son départ, ou annulez-le, avant de clore le comptage." "A further truck is still to come: record its departure, or call it off, before the count ends.";
    SlotFull "slot_full" 409 "Ce créneau vient d'être pris : choisissez-en un autre." "This slot was just taken: choose another one.";
    SlotTaken "slot_taken" 409 "Des associations ont choisi ce créneau : déplacez d'abord leurs rendez-vous." "Associations chose this slot: move their appointments first.";
    IncidentExists "incident_exists" 409 "Cet appareil est déjà signalé : l'atelier ou la ville s'en occupe." "This device is reported already: the workshop or the city sees to it.";
    IncidentClosed "incident_closed" 409 "Ce signalement est déjà traité." "This report is dealt with already.";
    GuaranteeOver "guarantee_over" 409 "La garantie de cet appareil est passée : seule la ville peut le faire remplacer." "The guarantee of this device is over: only the city may have it replaced.";
    PassingOnNeedsCity "passing_on_needs_city" 409 "Seule la ville peut transmettre un appareil à une autre association." "Only the city may pass a device on to another association.";
    SameAssociation "same_association" 409 "Cet appareil est déjà chez cette association." "This association has this device already.";
    RecipientNotEligible "recipient_not_eligible" 409 "Cette demande ne peut pas recevoir d'appareil de ce dispositif." "This application may not receive a device of this programme.";

    // notifications
    NotificationNotRetriable "notification_not_retriable" 409 "Ce message est déjà parti ou en attente." "This message was sent or is waiting.";
    AlwaysTold "always_told" 422 "La loi ou la sécurité demandent que ce message parte toujours, et tout de suite." "Law or safety asks that this message always leaves, and at once.";
    AddressNotAllowed "address_not_allowed" 422 "Cette adresse n'est pas permise : il faut https et un serveur joignable d'Internet." "This address is not allowed: it takes https and a server on the public internet.";
    TooManyWebhooks "too_many_webhooks" 409 "Votre organisation a déjà vingt webhooks ; supprimez-en un d'abord." "Your organization has twenty webhooks already; delete one first.";
}
