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
    let (fr, en) = stage(&stock.stage);
    let InStock { tag, reference, .. } = stock;
    Text::new(
        format!(
            "Le numéro de série {serial} est déjà dans le lot {reference} (étiquette {tag}, {fr})."
        ),
        format!(
            "The serial number {serial} is in the batch {reference} already (tag {tag}, {en})."
        ),
    )
}

fn stage(stage: &str) -> (&'static str, &'static str) {
    match stage {
        "expected" => ("annoncé", "announced"),
        "ready" => ("prêt", "ready"),
        "reserved" => ("réservé à une association", "reserved for an association"),
        "handed_over" => ("remis à une association", "handed over to an association"),
        "returned" => ("rendu", "returned"),
        _ => ("dans un atelier", "in a workshop"),
    }
}
