//! Section `city_files`: what a city sets in files of its own.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Files in the place of those that are built in; an empty name for these.
#[derive(Debug, Clone, Deserialize)]
pub struct CityFiles {
    /// Values in euros, a file like `config/values.toml`.
    pub values: PathBuf,
    /// Kits, test templates, limits, waste, a file like `config/workshop.toml`.
    pub workshop: PathBuf,
    /// Weights and carbon factors, a file like `config/impact_factors.csv`.
    pub factors: PathBuf,
    /// Codes of communes, a file like `config/communes.csv`.
    pub communes: PathBuf,
}

impl CityFiles {
    /// Reads the files that are named, before anything else asks for what they say.
    ///
    /// # Errors
    /// A line that says which setting, which file, and what is wrong with it.
    pub fn read(&self) -> Result<(), String> {
        if let Some(text) = text(&self.values, "values")? {
            allocation::rules::use_values(&text).map_err(wrong(&self.values, "values"))?;
        }
        let workshop = text(&self.workshop, "workshop")?;
        let factors = text(&self.factors, "factors")?;
        if workshop.is_some() || factors.is_some() {
            let (file, name) = match workshop {
                Some(_) => (&self.workshop, "workshop"),
                None => (&self.factors, "factors"),
            };
            workshop::Settings::replace(workshop.as_deref(), factors.as_deref())
                .map_err(wrong(file, name))?;
        }
        if let Some(text) = text(&self.communes, "communes")? {
            eligibility::territory::use_communes(&text)
                .map_err(wrong(&self.communes, "communes"))?;
        }
        Ok(())
    }
}

fn text(file: &Path, name: &str) -> Result<Option<String>, String> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let read = std::fs::read_to_string(file).map_err(|cause| cause.to_string());
    read.map(Some).map_err(wrong(file, name))
}

fn wrong(file: &Path, name: &str) -> impl Fn(String) -> String {
    move |cause| format!("city_files.{name}: {}: {cause}", file.display())
}
