//! Words by which tools say how an erasure ended. A success is a whole phrase that is known, in
//! the languages in which reports are written; everything else is none.

use kernel::fold;

use crate::model::Ground;

/// What a line says against an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) ground: Ground,
    /// Where it names no drive, it is about all of them.
    pub(super) whole_run: bool,
}

/// What a line of nwipe's log says against drives (`nwipe.c`, `method.c`, `pass*.c`, `hpa_dco.c`).
pub(super) fn of_nwipe(level: &str, message: &str) -> Option<Marker> {
    let line = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| line.contains(word));
    let whole = |ground| {
        Some(Marker {
            ground,
            whole_run: true,
        })
    };
    if says(&["hidden sectors", "hidden area"]) && !says(&["no hidden"]) {
        return whole(Ground::HiddenArea);
    }
    if says(&["[failure]", "failure!", "[failed]", "-failed-"]) || exited_badly(&line) {
        return whole(Ground::FailureLine);
    }
    if says(&["errors on"]) && !line.trim_start().starts_with("0 ") {
        return whole(Ground::Errors);
    }
    if says(&["insanity", "uaborted"]) {
        return whole(Ground::Unfinished);
    }
    if bad_result(&line) {
        return whole(Ground::Errors);
    }
    let broke = says(&[
        "write error",
        "read error",
        "partial write",
        "partial read",
        "short write",
        "short read",
        "verification mismatch",
        "verification errors",
        "wipe failed",
        "write failed",
        "flush failure",
        "giving up",
        "i/o error",
        "unable to",
    ]);
    let harmless = says(&[
        "sg_io",
        "hpa",
        "dco",
        "smartctl",
        "temperature",
        "dmidecode",
    ]);
    let serious = matches!(level, "error" | "fatal" | "sanity");
    if broke || (serious && !harmless) {
        return Some(Marker {
            ground: Ground::FailureLine,
            whole_run: false, // many such lines are about the station
        });
    }
    None
}

/// `Nwipe exited with fatal errors on device = …`
fn exited_badly(line: &str) -> bool {
    line.contains("exited with") && line.contains("error")
}

/// `result=-1, pass_errors=0`: a result other than zero.
fn bad_result(line: &str) -> bool {
    ["result=", "_errors=", "result: ", "result = "]
        .iter()
        .flat_map(|name| line.match_indices(name).map(move |(at, _)| at + name.len()))
        .filter_map(|at| line.get(at..))
        .map(|rest| {
            rest.split(|c: char| c == ',' || c.is_whitespace())
                .next()
                .unwrap_or("")
        })
        .any(|value| value.parse::<i64>().is_ok_and(|value| value != 0))
}

/// Phrases that say nothing but that it succeeded: English, French, German, Spanish, Italian,
/// Dutch, Portuguese.
const SUCCESS: [&str; 66] = [
    "successful",
    "success",
    "succeeded",
    "successfully erased",
    "erased successfully",
    "erase successful",
    "erased",
    "erased ok",
    "completed",
    "completed successfully",
    "successfully completed",
    "complete",
    "done",
    "ok",
    "pass",
    "passed",
    "wiped",
    "sanitized",
    "efface",
    "effacee",
    "efface avec succes",
    "effacement reussi",
    "reussi",
    "reussie",
    "succes",
    "avec succes",
    "termine",
    "termine avec succes",
    "geloscht",
    "erfolgreich",
    "erfolgreich geloscht",
    "erfolg",
    "abgeschlossen",
    "erfolgreich abgeschlossen",
    "vollstandig geloscht",
    "borrado",
    "borrado con exito",
    "exito",
    "con exito",
    "exitoso",
    "correcto",
    "completado",
    "completado con exito",
    "satisfactorio",
    "cancellato",
    "cancellato con successo",
    "riuscito",
    "completato",
    "completato con successo",
    "successo",
    "gewist",
    "geslaagd",
    "succesvol",
    "succesvol gewist",
    "voltooid",
    "apagado",
    "apagado com sucesso",
    "sucesso",
    "com sucesso",
    "bem sucedido",
    "concluido",
    "concluido com sucesso",
    "true",
    "yes",
    "oui",
    "0",
];

/// Whether a phrase says that an erasure succeeded, and nothing else.
pub(super) fn is_success(phrase: &str) -> bool {
    let phrase = fold(phrase);
    SUCCESS.contains(&phrase.as_str())
}

/// Whether a phrase speaks of something that went wrong, in whatever it else says.
pub(super) fn speaks_of_failure(phrase: &str) -> bool {
    let phrase = fold(phrase);
    [
        "fail",
        "error",
        "abort",
        "cancel",
        "not erased",
        "exception",
        "incomplete",
        "interrupt",
        "unsuccess",
        "echec",
        "echou",
        "erreur",
        "interromp",
        "non efface",
        "annul",
        "fehl",
        "nicht ",
        "abgebroch",
        "ausnahme",
        "fallo",
        "fallid",
        "errore",
        "fallit",
        "mislukt",
        "fout",
        "falha",
        "erro ",
    ]
    .iter()
    .any(|word| phrase.contains(word))
}

/// Whether a standard only looks at a drive.
pub(super) fn only_verifies(standard: &str) -> bool {
    let standard = fold(standard);
    let standard = standard.trim();
    [
        "verify",
        "verification only",
        "verification seule",
        "nur verifi",
        "solo verific",
        "verification",
    ]
    .iter()
    .any(|word| standard.starts_with(word))
        || standard.contains("verification only")
        || standard.contains("verify only")
}
