//! Embeds every template and asset, so that the program runs from any folder: a list of their
//! names and contents, which the crate includes.

#![allow(clippy::print_stdout)] // that is how cargo is told

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::new();
    for (name, folder, kind, include) in [
        ("TEMPLATES", "templates", "&str", "include_str"),
        ("ASSETS", "assets", "&[u8]", "include_bytes"),
    ] {
        println!("cargo:rerun-if-changed={folder}");
        let folder = root.join(folder);
        let mut files = Vec::new();
        walk(&folder, &mut files)?;
        files.sort();
        writeln!(code, "/// Every file of the folder, by its path below it.")?;
        writeln!(code, "pub(crate) const {name}: &[(&str, {kind})] = &[")?;
        for file in files {
            let below = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
            let path = file.to_string_lossy().into_owned();
            writeln!(code, "    ({below:?}, {include}!({path:?})),")?;
        }
        writeln!(code, "];")?;
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            walk(&path, files)?;
        } else if !hidden {
            files.push(path);
        }
    }
    Ok(())
}
