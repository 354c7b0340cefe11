//! `/dons/nouveau`: a donation offered in two minutes. How many of what, where and when, whom to
//! call; a pasted column of serial numbers or a file is a list. What the last donation said is
//! there already.

use std::sync::Arc;

use ::web::access::RegisterBatches;
use ::web::{Answer, ApiResult};
use intake::{AccessoryCount, Batch, BatchFilter, Declared, NewBatch, NewPickup, Pickup};
use kernel::{
    AccessoryKind, BatchId, Code, DeviceKind, Instant, Language, OrganisationId, PageRequest,
    Refusal, Text,
};
use serde::{Deserialize, Serialize};

use super::choices::{self, Choice};
use super::donor_intake::{self, Taken};
use super::donor_list::told;
use super::donor_parts::{day, kinds, read_day, read_hour};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Kinds that one donation may name here; a list says the rest.
const ROWS: usize = 3;
/// Days from now on which a truck may come at the earliest, and at the latest.
const DAYS: (i64, i64) = (7, 37);

#[derive(Clone, Serialize)]
struct NewPage {
    kinds: Vec<Choice>,
    rows: usize,
    /// For which donor, when somebody of the city enters it.
    on_behalf: Option<String>,
    /// Somebody of the city has to say for which donor.
    donors: Vec<Choice>,
}

impl View for NewPage {
    const TEMPLATE: &'static str = "donor_new.html";
}

/// The form, as it is filled in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Sent {
    title: Option<String>,
    donor_id: Option<OrganisationId>,
    declared: Vec<Line>,
    accessories: Vec<Extra>,
    pickup: Place,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Line {
    kind: Option<DeviceKind>,
    quantity: Option<i64>,
    model: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Extra {
    kind: AccessoryKind,
    quantity: Option<i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    address: String,
    postal_code: String,
    commune: String,
    contact_name: String,
    contact_phone: String,
    /// Days.
    from: Option<String>,
    to: Option<String>,
}

impl Sent {
    /// What is there before anybody types: the place and the person of the last donation, or of
    /// the organization; some weeks from now.
    fn begin(known: Option<&Pickup>, person: &str, now: Instant) -> Self {
        let mut sent = Self::default();
        sent.declared.push(Line {
            kind: Some(DeviceKind::Desktop),
            ..Line::default()
        });
        sent.pickup = Place {
            from: Some(day(now.plus_days(DAYS.0))),
            to: Some(day(now.plus_days(DAYS.1))),
            contact_name: person.to_owned(),
            ..Place::default()
        };
        if let Some(known) = known {
            sent.pickup.address.clone_from(&known.address);
            sent.pickup.postal_code.clone_from(&known.postal_code);
            sent.pickup.commune.clone_from(&known.commune);
            if !known.contact_name.is_empty() {
                sent.pickup.contact_name.clone_from(&known.contact_name);
            }
            sent.pickup.contact_phone = national(&known.contact_phone);
        }
        sent
    }

    /// The body that the other door takes, and everything that cannot be read.
    fn into_batch(self, now: Instant) -> Result<NewBatch, Refusal> {
        let moment = |name: &str, text: &Option<String>, hour: &str| match text {
            Some(text) => {
                let day = read_day(&format!("/pickup/{name}"), text)?;
                Ok(read_hour(day, hour))
            }
            None => Ok(None),
        };
        let from = moment("from", &self.pickup.from, "08:00")?;
        let to = moment("to", &self.pickup.to, "18:00")?;
        let title = self.title.unwrap_or_else(|| {
            let today = now.in_paris().format("%d/%m/%Y");
            format!("{}, {today}", self.pickup.commune.trim())
        });
        let declared = self.declared.into_iter().filter_map(|line| {
            Some(Declared {
                quantity: line.quantity?,
                kind: line.kind.unwrap_or(DeviceKind::Other),
                manufacturer: None,
                model: line.model,
            })
        });
        let accessories = self.accessories.into_iter().filter_map(|line| {
            Some(AccessoryCount {
                kind: line.kind,
                quantity: line.quantity?,
            })
        });
        Ok(NewBatch {
            title,
            donor_id: self.donor_id,
            declared: declared.collect(),
            accessories: accessories.collect(),
            pickup: NewPickup {
                address: self.pickup.address,
                postal_code: self.pickup.postal_code,
                commune: self.pickup.commune,
                contact_name: self.pickup.contact_name,
                contact_phone: self.pickup.contact_phone,
                from,
                to,
            },
            title_route: None,
            restrictions: None,
        })
    }
}

/// `+33491000000` as it is dialled in France.
pub(crate) fn national(phone: &str) -> String {
    let Some(rest) = phone.strip_prefix("+33").filter(|rest| rest.len() == 9) else {
        return phone.to_owned();
    };
    let digits: Vec<char> = format!("0{rest}").chars().collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.collect::<Vec<_>>().join(" ")
}

async fn load(page: &Page<RegisterBatches>) -> ApiResult<(NewPage, Option<Pickup>)> {
    let language = page.language();
    let named: Option<OrganisationId> = page.query("donor").parse().ok();
    page.read(move |db, actor| {
        let donor = actor.limited_to().or(named);
        let newest = PageRequest::new(Some(1), None)?;
        let filter = BatchFilter {
            donor_id: donor,
            ..BatchFilter::default()
        };
        let last = match donor {
            Some(_) => intake::batches(db, actor, &filter, &newest)?.items.pop(),
            None => None,
        };
        let organisation = match donor {
            Some(donor) => identity::organisation(db, donor)?,
            None => None,
        };
        let own = organisation.as_ref().map(|it| Pickup {
            address: it.address.clone(),
            postal_code: it.postal_code.clone(),
            commune: it.commune.clone(),
            contact_name: String::new(),
            contact_phone: String::new(),
            from: page_start(),
            to: page_start(),
            windows: Vec::new(),
            answer: None,
        });
        let donors = match actor.is_city() && organisation.is_none() {
            true => donors(db)?,
            false => Vec::new(),
        };
        let view = NewPage {
            kinds: kinds(language),
            rows: ROWS,
            on_behalf: organisation.filter(|_| actor.is_city()).map(|it| it.name),
            donors,
        };
        Ok((view, last.map(|batch: Batch| batch.pickup).or(own)))
    })
    .await
}

/// A moment that nobody reads.
fn page_start() -> Instant {
    Instant::start_of(kernel::Date::default())
}

/// The donors that somebody of the city may enter a donation for.
fn donors(db: &mut db::Db) -> db::Result<Vec<Choice>> {
    let filter = identity::OrganisationFilter {
        kind: Some(identity::OrganisationKind::Donor),
        ..identity::OrganisationFilter::default()
    };
    let found = choices::all(db, &filter)?.into_iter();
    Ok(found.map(|one| Choice::new(one.id, one.name)).collect())
}

pub(crate) async fn show(page: Page<RegisterBatches>) -> PageResult {
    let (view, known) = load(&page).await?;
    let person = match view.on_behalf.is_some() || !view.donors.is_empty() {
        true => String::new(),
        false => page.name(),
    };
    let mut sent = Sent::begin(known.as_ref(), &person, page.state().database.now());
    sent.donor_id = page.query("donor").parse().ok();
    page.show_form(&view, &FormView::filled(&sent)?)
}

pub(crate) async fn create(page: Page<RegisterBatches>, form: Form) -> PageResult {
    let (view, _) = load(&page).await?;
    let list = donor_intake::list_of(&form);
    let offers = form.get("then") == "offer";
    let new = form.read::<Sent>().and_then(|sent| {
        let new = sent.into_batch(page.state().database.now())?;
        match offers && list.is_none() && new.declared.is_empty() && new.accessories.is_empty() {
            true => Err(nothing_offered().into()),
            false => Ok(new),
        }
    });
    let made = match new {
        Ok(new) => {
            let new = Arc::new(new);
            page.write(&form, "post_batches", move |tx, actor| {
                let batch = intake::register(tx, actor, &new)?;
                Ok(Saved::at(format!("/dons/{}", batch.id))
                    .about(batch.id)
                    .with_status(batch.status)
                    .saying(
                        "Le don est enregistré. Il n’est pas encore proposé.",
                        "The donation is saved. It is not offered yet.",
                    ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    let saved = match made {
        Ok(saved) => saved,
        Err(cause) => return page.retry(&view, &form, cause),
    };
    let Some(id) = saved.made::<kernel::Batch>() else {
        return Ok(page.see(&saved));
    };
    let taken = match list {
        Some(list) => match donor_intake::take(&page, id, list).await {
            Ok(taken) => Some(taken),
            // the donation is saved; its list can be sent again
            Err(cause) => return unread(&page, id, &cause),
        },
        None => None,
    };
    if let Some(kept @ Taken::Kept(_)) = &taken {
        let there = Saved::at(format!("/dons/{id}/liste")).about(id);
        return Ok(page.see(&told(there, kept)));
    }
    if !offers {
        return Ok(page.see(&saved));
    }
    offer(&page, id).await
}

/// Offers what was just saved.
async fn offer(page: &Page<RegisterBatches>, id: BatchId) -> PageResult {
    let offered = page.state().write(page.who(), move |tx, actor| {
        intake::submit(tx, actor, id)?;
        Ok(Answer::no_content())
    });
    let there = Saved::at(format!("/dons/{id}")).about(id);
    match offered.await {
        Ok(_) => Ok(page.see(&there.saying(
            "Votre don est proposé. La ville vous répond par message.",
            "Your donation is offered. The city answers you by message.",
        ))),
        Err(cause) => {
            let refusal = cause.refused().cloned().ok_or(cause)?;
            Ok(page.see(&there.telling(refusal.detail, "warning")))
        }
    }
}

fn unread(page: &Page<RegisterBatches>, id: BatchId, cause: &::web::ApiError) -> PageResult {
    let why = cause.refused().map(|refusal| refusal.detail.clone());
    let why = why.unwrap_or_else(|| Code::Internal.help());
    let text = Text::new(
        format!("Le don est enregistré, mais pas sa liste. {}", why.fr),
        format!("The donation is saved, but not its list. {}", why.en),
    );
    let there = Saved::at(format!("/dons/{id}/liste")).about(id);
    Ok(page.see(&there.telling(text, "danger")))
}

fn nothing_offered() -> Refusal {
    Refusal::field(
        "/declared/0/quantity",
        Code::Required,
        Text::new(
            "Dites combien d’appareils vous donnez, ou joignez une liste.",
            "Say how many devices you give, or add a list.",
        ),
    )
}

pub(crate) fn samples() -> Vec<Sample> {
    let view = NewPage {
        kinds: kinds(Language::English),
        rows: ROWS,
        on_behalf: None,
        donors: Vec::new(),
    };
    let wrong = |form: FormView| {
        form.with_mistake("declared/0/quantity", "123")
            .with_mistake("pickup/contact_phone", "123")
            .with_mistake("list_file", "123")
    };
    let choice = Choice {
        value: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        text: "Orange".to_owned(),
    };
    let city = NewPage {
        donors: vec![choice],
        ..view.clone()
    };
    let behalf = NewPage {
        on_behalf: Some("Orange".to_owned()),
        ..view.clone()
    };
    vec![
        Sample::of("new donation", &view),
        Sample::of("new donation with mistakes", &view).with_form(wrong),
        Sample::of("new donation, by the city", &city),
        Sample::of("new donation, for a donor", &behalf),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_shown_as_they_are_dialled() {
        assert_eq!(national("+33491000000"), "04 91 00 00 00");
        assert_eq!(national("+3221234567"), "+3221234567");
    }
}
