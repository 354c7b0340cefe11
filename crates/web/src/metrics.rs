//! What Prometheus reads. Requests are counted as they are answered; what stands in the
//! database is counted at most once a minute, whoever asks and how often.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use db::schema::{device_counts, outbox, waves};
use db::{Database, Db};
use diesel::dsl::count_star;
use diesel::prelude::*;
use prometheus::{
    GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};
use tokio::sync::Mutex;

use crate::state::State;
use crate::trace::Route;

/// How old the counts of whole tables may be.
const KEPT: Duration = Duration::from_secs(60);
/// Bounds of the histogram, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The figures of one process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    password_hashes: IntCounter,
    connections: IntGaugeVec,
    connection_limit: IntGauge,
    waiting_writes: IntGauge,
    longest_holds: GaugeVec,
    holds: GaugeVec,
    held: IntGaugeVec,
    database_up: IntGauge,
    outbox: IntGaugeVec,
    outbox_lag: IntGauge,
    devices: IntGaugeVec,
    waves: IntGaugeVec,
    /// When whole tables were counted last.
    counted: Mutex<Option<Instant>>,
}

impl Metrics {
    /// Everything is zero.
    ///
    /// # Errors
    /// When a name or a label is not Prometheus'.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let by = |name: &str, help: &str, label: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(gauge.clone())).map(|()| gauge)
        };
        let one = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone())).map(|()| gauge)
        };
        let seconds_by = |name: &str, help: &str| {
            let gauge = GaugeVec::new(Opts::new(name, help), &["use_case"])?;
            registry.register(Box::new(gauge.clone())).map(|()| gauge)
        };
        let requests = IntCounterVec::new(
            Opts::new("ressac_requests_total", "Requests answered."),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("ressac_request_seconds", "Time to the answer's head.")
                .buckets(SECONDS.to_vec()),
            &["method", "route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        let password_hashes = IntCounter::new(
            "ressac_password_hashes_total",
            "Passwords hashed, to keep them or to compare them.",
        )?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(password_hashes.clone()))?;
        Ok(Self {
            connections: by(
                "ressac_database_connections",
                "Connections of the pool.",
                "state",
            )?,
            connection_limit: one(
                "ressac_database_connection_limit",
                "Connections that the pool may have.",
            )?,
            waiting_writes: one(
                "ressac_writer_queue",
                "Use cases that wait for SQLite's one writer.",
            )?,
            longest_holds: seconds_by(
                "ressac_write_longest_seconds",
                "The longest that a use case held its transaction since the start; on SQLite all other writes wait meanwhile.",
            )?,
            holds: seconds_by(
                "ressac_write_seconds_total",
                "How long a use case held its transactions, all together.",
            )?,
            held: by(
                "ressac_writes_total",
                "Transactions of a use case, tried again or not.",
                "use_case",
            )?,
            database_up: one("ressac_database_up", "1 when the database answered.")?,
            outbox: by(
                "ressac_outbox_messages",
                "Messages that are not sent.",
                "status",
            )?,
            outbox_lag: one(
                "ressac_outbox_lag_seconds",
                "How long the oldest message that is due has been due.",
            )?,
            devices: by(
                "ressac_devices",
                "Devices, counted once a minute at most.",
                "stage",
            )?,
            waves: by(
                "ressac_waves",
                "Waves, counted once a minute at most.",
                "status",
            )?,
            counted: Mutex::new(None),
            requests,
            seconds,
            password_hashes,
            registry,
        })
    }

    fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests
            .with_label_values(&[method, route, &status.to_string()])
            .inc();
        self.seconds
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }

    /// So many passwords were hashed; who asks at the same time does not add them twice.
    async fn hashed(&self, runs: u64) {
        let _alone = self.counted.lock().await;
        let shown = self.password_hashes.get();
        self.password_hashes.inc_by(runs.saturating_sub(shown));
    }

    /// The text that Prometheus reads, with the database looked at again.
    ///
    /// # Errors
    /// When the figures cannot be written.
    pub async fn text(&self, state: &State) -> db::Result<String> {
        self.hashed(state.passwords.runs()).await;
        let looked = self.look(&state.database).await;
        if let Err(cause) = &looked {
            tracing::warn!(%cause, "figures of the database are left as they were");
        }
        self.database_up.set(looked.is_ok().into());
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .map_err(db::Error::internal)
    }

    async fn look(&self, database: &Database) -> db::Result<()> {
        let usage = database.usage();
        let in_use = usage.open.saturating_sub(usage.idle);
        self.connections
            .with_label_values(&["idle"])
            .set(usage.idle.into());
        self.connections
            .with_label_values(&["in_use"])
            .set(in_use.into());
        self.connection_limit.set(usage.limit.into());
        self.waiting_writes
            .set(i64::try_from(usage.waiting_writes).unwrap_or(i64::MAX));

        for (use_case, hold) in database.holds() {
            let labels = [&*use_case];
            self.longest_holds
                .with_label_values(&labels)
                .set(hold.longest.as_secs_f64());
            self.holds
                .with_label_values(&labels)
                .set(hold.total.as_secs_f64());
            self.held
                .with_label_values(&labels)
                .set(i64::try_from(hold.times).unwrap_or(i64::MAX));
        }

        let now = database.now();
        let (waiting, oldest) = database.read(waiting_mails).await?;
        for status in ["queued", "failed", "dead"] {
            let count = waiting.iter().find(|(name, _)| name == status);
            self.outbox
                .with_label_values(&[status])
                .set(count.map_or(0, |(_, count)| *count));
        }
        let lag = oldest.map_or(0, |due| now.seconds_since(due));
        self.outbox_lag.set(lag.max(0));

        let mut counted = self.counted.lock().await;
        if counted.is_none_or(|at| at.elapsed() >= KEPT) {
            let (stages, statuses) = database.read(whole_tables).await?;
            show(&self.devices, &stages);
            show(&self.waves, &statuses);
            *counted = Some(Instant::now());
        }
        Ok(())
    }
}

type Counts = Vec<(String, i64)>;

/// Replaces all that a gauge shows.
fn show(gauge: &IntGaugeVec, counts: &Counts) {
    gauge.reset();
    for (label, count) in counts {
        gauge.with_label_values(&[label]).set(*count);
    }
}

/// What waits, and since when the oldest of it is due; both off an index.
fn waiting_mails(db: &mut Db) -> db::Result<(Counts, Option<kernel::Instant>)> {
    let waiting = outbox::table
        .filter(outbox::status.eq_any(["queued", "failed", "dead"]))
        .group_by(outbox::status)
        .select((outbox::status, count_star()))
        .load(db)?;
    let oldest = outbox::table
        .filter(outbox::status.eq("queued").or(outbox::status.eq("failed")))
        .order(outbox::due_at)
        .select(outbox::due_at)
        .first(db)
        .optional()?;
    Ok((waiting, oldest))
}

fn whole_tables(db: &mut Db) -> db::Result<(Counts, Counts)> {
    let kept: Counts = device_counts::table
        .filter(device_counts::side.eq("all"))
        .filter(device_counts::devices.ne(0))
        .select((device_counts::stage, device_counts::devices))
        .load(db)?;
    let mut stages: BTreeMap<String, i64> = BTreeMap::new();
    for (stage, devices) in kept {
        *stages.entry(stage).or_default() += devices;
    }
    let stages = stages.into_iter().collect();
    let statuses = waves::table
        .filter(waves::passed_on.eq(false))
        .group_by(waves::status)
        .select((waves::status, count_star()))
        .load(db)?;
    Ok((stages, statuses))
}

/// Counts a request, once it is answered.
pub async fn count<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let started = Instant::now();
    let use_case: Arc<str> = Route::with(&request, |route| {
        let method = method(request.method());
        format!("{method} {}", route.unwrap_or("none")).into()
    });
    let response = db::named(use_case, next.call(request)).await?;
    if let Some(metrics) = metrics {
        let request = response.request();
        Route::with(request, |route| {
            metrics.answered(
                method(request.method()),
                route.unwrap_or("none"),
                response.status().as_u16(),
                started.elapsed(),
            );
        });
    }
    Ok(response)
}

/// Strangers may invent methods; no label is made for them.
fn method(method: &actix_web::http::Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE") => known,
        _ => "other",
    }
}
