//! A serial number that is in the stock already: where it is now, for those who may know.

use kernel::Text;

use crate::store::InStock;

/// Says where the device with this serial number is. Of other donors' devices only that
/// they are there.
pub(crate) fn where_it_is(serial: &str, stock: &InStock, visible: bool) -> Text {
    if !visible {
        return Text::new(
            format!(
                "Le numéro de série {serial} est déjà enregistré dans un autre lot ; vérifiez-le, ou demandez à la Ville."
            ),
            format!(
                "The serial number {serial} is registered in another batch already; check it, or ask the city."
            ),
        );
    }
    let InStock {
        tag,
        reference,
        workshop,
        ..
    } = stock;
    let (mut fr, mut en) = stage(&stock.stage);
    let elsewhere = matches!(stock.stage.as_str(), "expected" | "handed_over");
    if let Some(name) = workshop.as_ref().filter(|_| !elsewhere) {
        fr = format!("{fr} chez {name}");
        en = format!("{en} at {name}");
    }
    Text::new(
        format!(
            "Le numéro de série {serial} est déjà dans le lot {reference} (étiquette {tag}, {fr})."
        ),
        format!(
            "The serial number {serial} is in the batch {reference} already (tag {tag}, {en})."
        ),
    )
}

fn stage(stage: &str) -> (String, String) {
    let (fr, en) = match stage {
        "expected" => ("annoncé", "announced"),
        "received" => ("reçu", "received"),
        "triaged" => ("trié", "triaged"),
        "erased" => ("effacé", "erased"),
        "tested" => ("testé", "tested"),
        "in_repair" => ("en réparation", "in repair"),
        "graded" => ("classé", "graded"),
        "ready" => ("prêt", "ready"),
        "reserved" => ("réservé à une association", "reserved for an association"),
        "handed_over" => ("remis à une association", "handed over to an association"),
        "returned" => ("rendu", "returned"),
        // a stage that is added elsewhere reads as its name
        other => (other, other),
    };
    (fr.to_owned(), en.to_owned())
}
