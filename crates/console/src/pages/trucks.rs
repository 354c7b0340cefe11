//! `/dons/{id}/camions`: the trucks of a donation that does not fit in one. The city sends them and calls
//! them off, the workshop notes when one left, the donor reads when they come.

use ::web::access::{CollectBatches, Permission, ReadBatches, ScheduleBatches};
use ::web::{ApiError, ApiResult, PathId};
use db::Tx;
use intake::{BatchStatus, NewTruck, Truck, TruckLoad, Window};
use kernel::{Actor, BatchId, Date, Instant, Refusal, Role, Text};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, moments};

#[derive(Serialize)]
struct TrucksPage {
    id: String,
    reference: String,
    title: String,
    /// Where one comes from.
    back: String,
    /// The first truck: the pickup of the donation.
    scheduled: Option<Window>,
    collected_at: Option<Instant>,
    trucks: Vec<Row>,
    /// May send a truck, and call one off.
    sends: bool,
    /// May note that one left.
    loads: bool,
}

#[derive(Serialize)]
struct Row {
    number: i32,
    from: Instant,
    to: Instant,
    collected_at: Option<Instant>,
    pallets: Option<i32>,
    cancelled: bool,
}

impl View for TrucksPage {
    const TEMPLATE: &'static str = "trucks.html";
}

impl From<Truck> for Row {
    fn from(truck: Truck) -> Self {
        Self {
            number: truck.number,
            from: truck.from,
            to: truck.to,
            collected_at: truck.collected_at,
            pallets: truck.pallets,
            cancelled: truck.cancelled_at.is_some(),
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: BatchId) -> ApiResult<TrucksPage> {
    let role = page.actor().role;
    let (batch, trucks) = page
        .read(move |db, actor| {
            Ok((
                intake::batch(db, actor, id)?,
                intake::trucks(db, actor, id)?,
            ))
        })
        .await?;
    let open = matches!(
        batch.status,
        BatchStatus::Scheduled | BatchStatus::Collected | BatchStatus::Received
    );
    Ok(TrucksPage {
        id: id.to_string(),
        back: match role {
            Role::Refurbisher => format!("/atelier/lots/{id}"),
            Role::Staff | Role::Admin => format!("/ville/dons/{id}"),
            _ => format!("/dons/{id}"),
        },
        reference: batch.reference,
        title: batch.title,
        scheduled: batch.scheduled,
        collected_at: batch.collected_at,
        trucks: trucks.into_iter().map(Row::from).collect(),
        sends: open && ScheduleBatches::ROLES.contains(&role),
        loads: open && CollectBatches::ROLES.contains(&role),
    })
}

pub(crate) async fn show(page: Page<ReadBatches>, PathId(id): PathId<kernel::Batch>) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Does something about a truck, and says so on the page.
async fn act<P: Permission>(
    page: &Page<P>,
    id: BatchId,
    form: &Form,
    deed: &str,
    work: ApiResult<impl Fn(&mut Tx<'_>, &Actor) -> db::Result<Text> + Send + 'static>,
) -> PageResult {
    let saved = match work {
        Err(cause) => Err(cause),
        Ok(work) => {
            let saved = page.write(form, deed, move |tx, actor| {
                let told = work(tx, actor)?;
                let saved = Saved::at(format!("/dons/{id}/camions")).about(id);
                Ok(saved.telling(told, "success"))
            });
            saved.await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let names = [("/from", "/day"), ("/to", "/ends")];
            let view = load(page, id).await?;
            page.retry(&view, form, cause.renamed(&names))
        }
    }
}

/// A truck as it is typed: a day, two hours by the clock of Paris.
#[derive(Deserialize)]
struct Typed {
    day: Option<Date>,
    begins: Option<String>,
    ends: Option<String>,
}

impl Typed {
    fn truck(self) -> Result<NewTruck, Refusal> {
        let (from, to) = moments::span(self.day, self.begins.as_deref(), self.ends.as_deref())?;
        Ok(NewTruck { from, to })
    }
}

pub(crate) async fn send(
    page: Page<ScheduleBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let typed = form.read::<Typed>();
    let new = typed.and_then(|typed| typed.truck().map_err(ApiError::from));
    let work = new.map(|new| {
        move |tx: &mut Tx<'_>, actor: &Actor| {
            intake::send_truck(tx, actor, id, &new)?;
            Ok(Text::new(
                "Le camion est prévu. Le donateur et l’atelier reçoivent le rendez-vous.",
                "The truck is planned. The donor and the workshop get the appointment.",
            ))
        }
    });
    act(&page, id, &form, "send_truck", work).await
}

/// Which truck.
#[derive(Deserialize)]
struct Named {
    number: i32,
    pallets: Option<i32>,
}

pub(crate) async fn call_off(
    page: Page<ScheduleBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let work = form.read::<Named>().map(|named| {
        move |tx: &mut Tx<'_>, actor: &Actor| {
            intake::call_truck_off(tx, actor, (id, named.number))?;
            Ok(Text::new(
                "Le camion est annulé. Le donateur et l’atelier sont prévenus.",
                "The truck is called off. The donor and the workshop are told.",
            ))
        }
    });
    act(&page, id, &form, "call_truck_off", work).await
}

pub(crate) async fn leave(
    page: Page<CollectBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let work = form.read::<Named>().map(|named| {
        move |tx: &mut Tx<'_>, actor: &Actor| {
            let load = TruckLoad {
                collected_at: tx.now(),
                pallets: named.pallets,
            };
            intake::load_truck(tx, actor, (id, named.number), &load)?;
            Ok(Text::new(
                "Le départ du camion est noté.",
                "The departure of the truck is noted.",
            ))
        }
    });
    act(&page, id, &form, "load_truck", work).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let to = at.plus_seconds(7_200);
    let row = |number, collected_at, cancelled| Row {
        number,
        from: at,
        to,
        collected_at,
        pallets: collected_at.map(|_| 12),
        cancelled,
    };
    let page = |sends, loads, trucks| TrucksPage {
        id: SAMPLE_ID.to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        back: "/dons".to_owned(),
        scheduled: Some(Window { from: at, to }),
        collected_at: Some(at).filter(|_| loads),
        trucks,
        sends,
        loads,
    };
    let some = || {
        vec![
            row(2, Some(at), false),
            row(3, None, true),
            row(4, None, false),
        ]
    };
    vec![
        Sample::of(
            "trucks of a donation, none",
            &page(false, false, Vec::new()),
        ),
        Sample::of("trucks for the city", &page(true, true, some())),
        Sample::of("trucks for the workshop", &page(false, true, some())),
        Sample::of("trucks for the donor", &page(false, false, some())),
    ]
}
