//! The table on the screen, and the same as JSON.

use std::io::ErrorKind;
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
    /// How long each load lasted.
    pub seconds: u64,
    pub rows: Value,
    pub figures: Vec<Figure>,
}

/// Adds a run to the file: one for each engine and number of devices, the last counts.
///
/// # Errors
/// When the file cannot be written, or is none of these.
pub fn keep(file: &Path, machine: &Value, run: &Run) -> Result<Value, String> {
    let at_fault = |cause: &dyn std::fmt::Display| format!("{}: {cause}", file.display());
    let known: Value = match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|cause| at_fault(&cause))?,
        Err(cause) if cause.kind() == ErrorKind::NotFound => Value::Null,
        Err(cause) => return Err(at_fault(&cause)),
    };
    let mut runs: Vec<Value> = known["runs"].as_array().cloned().unwrap_or_default();
    runs.retain(|it| it["engine"] != run.engine || it["devices"] != run.devices);
    let figures: Vec<_> = run.figures.iter().map(Figure::json).collect();
    runs.push(
        json!({"engine": run.engine, "devices": run.devices, "seconds": run.seconds,
        "rows": run.rows, "machine": machine, "figures": figures}),
    );
    runs.sort_by_key(|it| (it["engine"].to_string(), it["devices"].as_u64()));
    let all = json!({"runs": runs});
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| at_fault(&cause))?;
    }
    let text = serde_json::to_string_pretty(&all).map_err(|cause| at_fault(&cause))?;
    std::fs::write(file, text).map_err(|cause| at_fault(&cause))?;
    Ok(all)
}

/// How answers slow down with the number of devices, of all runs in the file.
pub fn growth(all: &Value) -> Vec<String> {
    let runs: Vec<&Value> = all["runs"].as_array().into_iter().flatten().collect();
    let mut lines = Vec::new();
    for engine in ["PostgreSQL", "SQLite"] {
        let here = |run: &&Value| run["engine"] == engine;
        let runs: Vec<&Value> = runs.iter().copied().filter(here).collect();
        let [first, _, ..] = runs[..] else {
            continue;
        };
        for figure in first["figures"].as_array().into_iter().flatten() {
            let sizes: Vec<String> = runs.iter().filter_map(|run| times(run, figure)).collect();
            let name = figure["name"].as_str().unwrap_or_default();
            if !sizes.is_empty() {
                lines.push(format!(
                    "{engine:<10} {name:<44} {:>3}  {}",
                    figure["clients"],
                    sizes.join("   ")
                ));
            }
        }
    }
    lines
}

/// How long answers took in a run, of the figure that is this one there.
fn times(run: &Value, figure: &Value) -> Option<String> {
    let mut figures = run["figures"].as_array()?.iter();
    let found =
        figures.find(|it| it["name"] == figure["name"] && it["clients"] == figure["clients"])?;
    let (p50, p99) = (found["p50_us"].as_u64()?, found["p99_us"].as_u64()?);
    let devices = &run["devices"];
    Some(format!("{devices}: {} / {}", millis(p50), millis(p99)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_ratio_of_one_is_the_limit_whether_more_or_less_is_better() {
        let rate = Figure::rate("a rate", 1, 50.0, "/s").against(100.0, "limit");
        assert_eq!(rate.ratio(), Some(0.5));
        let cost = Figure::cost("a cost", 50.0, "ms").against(25.0, "limit");
        assert_eq!(cost.ratio(), Some(0.5));
        assert_eq!(Figure::rate("alone", 1, 1.0, "/s").ratio(), None);
    }

    #[test]
    fn the_last_run_of_a_size_counts_and_a_file_of_something_else_is_refused() {
        let folder = std::env::temp_dir().join(format!("ressac-report-{}", std::process::id()));
        let file = folder.join("bench.json");
        let run = |devices, value: f64| Run {
            engine: "SQLite".to_owned(),
            devices,
            seconds: 3,
            rows: Value::Null,
            figures: vec![
                Figure::rate("one device", 16, value, "/s")
                    .against(4.0, "limit")
                    .taking(1_000, 2_000),
            ],
        };
        for run in [run(1_000, 1.0), run(100_000, 2.0), run(1_000, 3.0)] {
            keep(&file, &Value::Null, &run).unwrap();
        }
        let all: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(all["runs"].as_array().unwrap().len(), 2);
        let figure = &all["runs"][0]["figures"][0];
        assert_eq!(
            (&figure["value"], &figure["ratio"]),
            (&json!(3.0), &json!(0.75))
        );
        let lines = growth(&all);
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].ends_with("1000: 1.00 / 2.00   100000: 1.00 / 2.00"),
            "{lines:?}"
        );
        std::fs::write(&file, "no JSON").unwrap();
        assert!(keep(&file, &Value::Null, &run(1, 1.0)).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
