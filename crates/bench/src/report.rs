//! The table on the screen, and the same as JSON.

use std::path::Path;

use serde_json::{Value, json};

/// One figure.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: String,
    pub clients: usize,
    pub value: f64,
    pub unit: &'static str,
    /// The bare work, or the aim where nothing bare compares.
    pub limit: Option<f64>,
    pub limit_is: &'static str,
    /// In microseconds.
    pub p50: Option<u64>,
    pub p99: Option<u64>,
    /// Less is better: the ratio is the other way round.
    pub less_is_better: bool,
}

impl Figure {
    /// So much a second.
    pub fn rate(name: &str, clients: usize, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            clients,
            value,
            unit,
            limit: None,
            limit_is: "",
            p50: None,
            p99: None,
            less_is_better: false,
        }
    }

    /// So much time or memory.
    pub fn cost(name: &str, value: f64, unit: &'static str) -> Self {
        Self {
            less_is_better: true,
            ..Self::rate(name, 1, value, unit)
        }
    }

    /// Held against this.
    #[must_use]
    pub fn against(mut self, limit: f64, limit_is: &'static str) -> Self {
        self.limit = Some(limit);
        self.limit_is = limit_is;
        self
    }

    /// With how long answers took.
    #[must_use]
    pub fn taking(mut self, p50: u64, p99: u64) -> Self {
        self.p50 = Some(p50);
        self.p99 = Some(p99);
        self
    }

    /// How much of the limit is reached: 1 is all of it.
    pub fn ratio(&self) -> Option<f64> {
        let limit = self.limit?;
        Some(match self.less_is_better {
            true => limit / self.value,
            false => self.value / limit,
        })
    }

    /// A line of the table.
    pub fn line(&self) -> String {
        let times = match (self.p50, self.p99) {
            (Some(p50), Some(p99)) => format!("{} / {}", millis(p50), millis(p99)),
            _ => String::new(),
        };
        let limit = self.limit.map(number).unwrap_or_default();
        let ratio = self
            .ratio()
            .map(|it| format!("{it:.2}"))
            .unwrap_or_default();
        format!(
            "{:<44} {:>3} {:>10} {:<9} {:>10} {:>6}  {:<15} {}",
            self.name,
            self.clients,
            number(self.value),
            self.unit,
            limit,
            ratio,
            times,
            self.limit_is
        )
    }

    fn json(&self) -> Value {
        json!({"name": self.name, "clients": self.clients, "value": self.value, "unit": self.unit,
            "limit": self.limit, "limit_is": self.limit_is, "ratio": self.ratio(),
            "p50_us": self.p50, "p99_us": self.p99})
    }
}

fn number(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

fn millis(micros: u64) -> String {
    format!("{:.2}", micros as f64 / 1_000.0)
}

/// The head of the table.
pub fn head() -> String {
    format!(
        "{:<44} {:>3} {:>10} {:<9} {:>10} {:>6}  {:<15} limit is",
        "figure", "cl.", "value", "unit", "limit", "ratio", "p50 / p99 ms"
    )
}

/// What was measured on an engine.
#[derive(Debug, Clone)]
pub struct Run {
    pub engine: String,
    pub devices: u64,
    pub rows: Value,
    pub figures: Vec<Figure>,
}

/// Adds runs to the file: one for each engine and number of devices, the last counts.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(file: &Path, machine: &Value, runs: &[Run]) -> Result<Value, String> {
    let known = std::fs::read(file).unwrap_or_default();
    let mut all: Value = serde_json::from_slice(&known).unwrap_or_else(|_| json!({"runs": []}));
    let mut kept: Vec<Value> = all["runs"].as_array().cloned().unwrap_or_default();
    for run in runs {
        kept.retain(|it| it["engine"] != run.engine || it["devices"] != run.devices);
        let figures: Vec<_> = run.figures.iter().map(Figure::json).collect();
        kept.push(
            json!({"engine": run.engine, "devices": run.devices, "rows": run.rows,
            "machine": machine, "figures": figures}),
        );
    }
    kept.sort_by_key(|it| (it["engine"].to_string(), it["devices"].as_u64()));
    all["runs"] = Value::Array(kept);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| cause.to_string())?;
    }
    let text = serde_json::to_string_pretty(&all).map_err(|cause| cause.to_string())?;
    std::fs::write(file, text).map_err(|cause| format!("{}: {cause}", file.display()))?;
    Ok(all)
}

/// How reads and single writes grow with the number of devices, of all runs in the file.
pub fn growth(all: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let runs: Vec<&Value> = all["runs"].as_array().into_iter().flatten().collect();
    for engine in ["PostgreSQL", "SQLite"] {
        let of_engine: Vec<&&Value> = runs
            .iter()
            .filter(|run| run["engine"].as_str() == Some(engine))
            .collect();
        let (Some(first), true) = (of_engine.first(), of_engine.len() > 1) else {
            continue;
        };
        for figure in first["figures"].as_array().into_iter().flatten() {
            if figure["p50_us"].is_null() {
                continue;
            }
            let same = |run: &&&Value| -> Option<String> {
                let found = run["figures"].as_array()?.iter().find(|it| {
                    it["name"] == figure["name"] && it["clients"] == figure["clients"]
                })?;
                let (p50, p99) = (found["p50_us"].as_u64()?, found["p99_us"].as_u64()?);
                Some(format!(
                    "{}: {} / {}",
                    run["devices"],
                    millis(p50),
                    millis(p99)
                ))
            };
            let sizes: Vec<String> = of_engine.iter().filter_map(same).collect();
            let name = figure["name"].as_str().unwrap_or_default();
            lines.push(format!(
                "{engine:<10} {name:<44} {:>3}  {}",
                figure["clients"],
                sizes.join("   ")
            ));
        }
    }
    lines
}
