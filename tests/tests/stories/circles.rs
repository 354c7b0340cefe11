//! Files that import each other in a loop can only be understood all at once. The loops that there
//! are stand in [`KNOWN`], which only shrinks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};

use crate::architecture::{files, root};

/// Loops of files below `crates/`, each in the order of names.
const KNOWN: &[&[&str]] = &[
    // a form within a PDF is walked for the drawing that names it, and draws in its turn
    &[
        "workshop/src/report/pdf/drawing.rs",
        "workshop/src/report/pdf/walk.rs",
    ],
];

/// A module, by the names that lead to it from its crate.
type Module = Vec<String>;

/// The files of one crate.
#[derive(Default)]
struct House {
    rooms: BTreeMap<Module, Room>,
}

/// A file.
#[derive(Default)]
struct Room {
    path: String,
    /// Paths that it names, as they are written.
    named: Vec<Vec<String>>,
    /// Names that it hands on, and where it has them from.
    handed_on: Vec<(String, Vec<String>)>,
}

impl House {
    fn read(folder: &Path) -> Self {
        let mut found = Vec::new();
        files(&folder.join("src"), ".rs", &mut found);
        let mut house = Self::default();
        for (path, text) in found {
            let inside = path.strip_prefix(folder.join("src")).unwrap();
            let Some(module) = module(inside) else {
                continue;
            };
            let mut room = Room {
                path: path
                    .strip_prefix(root().join("crates"))
                    .unwrap()
                    .display()
                    .to_string(),
                ..Room::default()
            };
            room.visit_file(&syn::parse_file(&text).unwrap());
            house.rooms.insert(module, room);
        }
        house
    }

    /// The file that a path written in a module leads to, if it is one of this crate.
    fn lead(&self, from: &[String], path: &[String], depth: usize) -> Option<&Module> {
        let mut rest = path;
        let mut at: Module = match rest.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => from.to_vec(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            child => {
                let mut at = from.to_vec();
                at.push(child.to_owned());
                self.rooms.contains_key(&at).then_some(at)?
            }
        };
        rest = &rest[1..];
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                at.pop()?;
            } else {
                at.push(name.clone());
                if !self.rooms.contains_key(&at) {
                    at.pop();
                    break;
                }
            }
            rest = after;
        }
        let (module, room) = self.rooms.get_key_value(&at)?;
        let from_elsewhere = rest.first().filter(|_| depth > 0).and_then(|wanted| {
            let mut whole = room.handed_on.iter().filter(|(name, _)| name == wanted);
            whole.find_map(|(_, origin)| self.lead(module, origin, depth - 1))
        });
        Some(from_elsewhere.unwrap_or(module))
    }

    fn arrows(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let lead = |(module, room): (&Module, &Room)| -> BTreeSet<&Module> {
            let named = room.named.iter();
            let to = named.filter_map(|path| self.lead(module, path, 4));
            // a folder's face and the files below it are one room: what it defines is theirs too
            to.filter(|to| !module.starts_with(to)).collect()
        };
        let rooms = self.rooms.iter();
        rooms
            .map(|(module, room)| (module, lead((module, room))))
            .collect()
    }

    /// What of these files imports which, to see where a circle is best cut.
    fn ties(&self, circle: &[String]) -> Vec<String> {
        let path = |module: &Module| &self.rooms[module].path;
        let inside = |module: &Module| circle.contains(path(module));
        let mut ties = Vec::new();
        for (from, reached) in self.arrows() {
            for to in reached.into_iter().filter(|to| inside(from) && inside(to)) {
                ties.push(format!("{} → {}", path(from), path(to)));
            }
        }
        ties
    }

    /// The paths of files that reach each other.
    fn circles(&self) -> BTreeSet<Vec<String>> {
        let arrows = self.arrows();
        let reached: BTreeMap<_, _> = arrows
            .keys()
            .map(|from| (*from, reach(&arrows, from)))
            .collect();
        let circle = |from: &Module| -> Vec<String> {
            let there = reached[from].iter();
            let and_back = there.filter(|to| reached[**to].contains(from));
            let mut paths: Vec<_> = and_back.map(|to| self.rooms[*to].path.clone()).collect();
            paths.sort();
            paths
        };
        let circles = arrows.keys().map(|from| circle(from));
        circles.filter(|files| files.len() > 1).collect()
    }
}

/// Everything that one leads to.
fn reach<'a>(
    arrows: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
    from: &Module,
) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<_> = arrows[from].iter().copied().collect();
    while let Some(module) = next.pop() {
        if reached.insert(module) {
            next.extend(&arrows[module]);
        }
    }
    reached
}

/// The module of a file below `src`; none of a file of tests.
fn module(inside: &Path) -> Option<Module> {
    let mut module: Module = inside
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    match module.last()?.as_str() {
        "tests" => return None,
        "mod" | "lib" | "main" => drop(module.pop()),
        _ => {}
    }
    Some(module)
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

/// Each path that a `use` names.
fn flatten(tree: &syn::UseTree, path: &mut Vec<String>, found: &mut Vec<(String, Vec<String>)>) {
    match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            flatten(&inner.tree, path, found);
            path.pop();
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, found);
            }
        }
        syn::UseTree::Glob(_) => found.push(("*".to_owned(), path.clone())),
        syn::UseTree::Name(name) => leaf(&name.ident, &name.ident, path, found),
        syn::UseTree::Rename(name) => leaf(&name.ident, &name.rename, path, found),
    }
}

fn leaf(
    name: &syn::Ident,
    known_as: &syn::Ident,
    path: &[String],
    found: &mut Vec<(String, Vec<String>)>,
) {
    let mut path = path.to_vec();
    if name != "self" {
        path.push(name.to_string());
    }
    found.push((known_as.to_string(), path));
}

impl<'ast> Visit<'ast> for Room {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let mut found = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut found);
        match item.vis {
            // a name that is only handed on is not used here
            syn::Visibility::Public(_) | syn::Visibility::Restricted(_) => {
                self.handed_on.extend(found);
            }
            syn::Visibility::Inherited => {
                self.named.extend(found.into_iter().map(|(_, path)| path));
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        self.named.push(names.collect());
        visit::visit_path(self, path);
    }
}

#[test]
fn files_import_each_other_in_no_new_circle() {
    let mut known: BTreeSet<Vec<String>> = KNOWN
        .iter()
        .map(|files| files.iter().map(|&file| file.to_owned()).collect())
        .collect();
    let mut new = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap().flatten() {
        let house = House::read(&entry.path());
        for circle in house.circles() {
            if !known.remove(&circle) {
                new.push((house.ties(&circle), circle));
            }
        }
    }
    assert!(new.is_empty(), "new circles: {new:#?}");
    assert!(known.is_empty(), "strike off what is gone: {known:#?}");
}

#[test]
fn a_circle_is_found_and_what_is_only_handed_on_is_none() {
    let room = |path: &str, text: &str| {
        let mut room = Room {
            path: path.to_owned(),
            ..Room::default()
        };
        room.visit_file(&syn::parse_file(text).unwrap());
        room
    };
    let house = |texts: &[(&str, &str)]| House {
        rooms: texts
            .iter()
            .map(|(path, text)| (module(Path::new(path)).unwrap(), room(path, text)))
            .collect(),
    };
    let circle = house(&[
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        ("a.rs", "fn a() { crate::b::b() }"),
        ("b.rs", "use super::A; fn b(_: A) {}"),
    ]);
    let expected = BTreeSet::from([vec!["a.rs".to_owned(), "b.rs".to_owned()]]);
    assert_eq!(circle.circles(), expected);
    let none = house(&[
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::b;"),
        (
            "a.rs",
            "pub struct A; #[cfg(test)] mod tests { use crate::b; }",
        ),
        ("b.rs", "use crate::A; pub fn b(_: A) {}"),
    ]);
    assert_eq!(none.circles(), BTreeSet::new());
}
