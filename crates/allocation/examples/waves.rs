//! Writes the instances that the planner is measured on as files, for a solver
//! (`scripts/bench-highs`): `cargo run --release -p allocation --example waves -- FOLDER`
#![allow(clippy::print_stdout)]

#[path = "../benches/waves/mod.rs"]
mod waves;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("which folder?")?;
    std::fs::create_dir_all(&folder)?;
    for everything in [false, true] {
        for (associations, devices) in waves::SIZES {
            let instance = waves::instance(associations, devices, everything);
            let name = format!("{associations}-{}.json", waves::settings(everything));
            let file = folder.join(name);
            std::fs::write(&file, serde_json::to_string(&instance)?)?;
            println!("{}", file.display());
        }
    }
    Ok(())
}
