//! `plan`: replays a published wave without a database.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use allocation::plan::replay;

/// Computes a wave, or checks a result; prints the answer.
pub fn run(file: &Path, check: Option<&Path>) -> Result<ExitCode, String> {
    let instance = read(file)?;
    let (answer, good) = match check {
        None => replay::run(&instance),
        Some(result) => replay::check(&instance, &read(result)?),
    };
    say!("{answer}")?;
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(file: &Path) -> Result<String, String> {
    if file == Path::new("-") {
        let mut text = String::new();
        return std::io::stdin()
            .read_to_string(&mut text)
            .map(|_| text)
            .map_err(|cause| cause.to_string());
    }
    std::fs::read_to_string(file).map_err(|cause| format!("{}: {cause}", file.display()))
}
