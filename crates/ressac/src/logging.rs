//! Logs on standard error, as text or JSON.

use tracing_subscriber::EnvFilter;

use crate::settings::LogSection;

/// Starts logging.
///
/// # Errors
/// A line for the operator when the level is not one.
pub fn start(log: &LogSection) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|cause| format!("log.level: {cause}"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // it would say on standard error that standard error cannot be written to, and panic
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match log.format.as_str() {
        "json" => builder.json().init(),
        "text" => builder.with_ansi(false).init(),
        other => return Err(format!("log.format: `{other}` is not one of: text, json")),
    }
    Ok(())
}
