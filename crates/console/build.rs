//! Embeds every template and asset, so that the program runs from any folder: a list of their
//! names and contents, which the crate includes. Style sheets lose their comments and the white
//! space that only people need.

#![allow(clippy::print_stdout)] // that is how cargo is told

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
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
            let path = match below.strip_suffix(".css") {
                Some(name) => out.join(format!("{name}.css")),
                None => file.clone(),
            };
            if path != file {
                std::fs::write(&path, squeezed(&std::fs::read_to_string(&file)?))?;
            }
            let path = path.to_string_lossy().into_owned();
            writeln!(code, "    ({below:?}, {include}!({path:?})),")?;
        }
        writeln!(code, "];")?;
    }
    std::fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

/// What separates rules, declarations and lists.
const SEPARATORS: [char; 4] = ['{', '}', ';', ','];

/// A style sheet without comments, and without white space around what separates rules,
/// declarations and lists. Other spaces may mean something, and stay; so does what is quoted.
fn squeezed(css: &str) -> String {
    let mut squeezed = String::with_capacity(css.len());
    for (at, part) in css.split('"').enumerate() {
        if at % 2 == 1 {
            squeezed.push('"');
            squeezed.push_str(part);
            squeezed.push('"');
            continue;
        }
        let mut bare = String::new();
        let mut rest = part;
        while let Some((before, after)) = rest.split_once("/*") {
            bare.push_str(before);
            rest = after.split_once("*/").map_or("", |(_, after)| after);
        }
        bare.push_str(rest);
        let mut space = false;
        for letter in bare.chars() {
            if letter.is_ascii_whitespace() {
                space = true;
                continue;
            }
            if space && !SEPARATORS.contains(&letter) && !squeezed.ends_with(SEPARATORS) {
                squeezed.push(' ');
            }
            space = false;
            squeezed.push(letter);
        }
        if space && !squeezed.ends_with(SEPARATORS) {
            squeezed.push(' ');
        }
    }
    squeezed.replace(";}", "}")
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
