//! Reads a rubric and says where it is wrong.

use std::collections::HashSet;

use kernel::{Code, Fields, Refusal, Text};
use serde::Deserialize;
use toml::Spanned;

use super::{Condition, Criterion, Devices, Fragility, KnockOut, Rubric, Rule, Scale};

/// The file as it is written, with the place of each part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    version: Spanned<String>,
    title: Text,
    #[serde(default)]
    knock_outs: Vec<Spanned<KnockOut>>,
    criteria: Vec<Spanned<Criterion>>,
    #[serde(default)]
    fragility: Fragility,
    #[serde(default)]
    devices: Devices,
}

impl Rubric {
    /// Reads and checks a rubric.
    ///
    /// # Errors
    /// `rubric_invalid` with the lines at fault.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let file: File = toml::from_str(text).map_err(|cause| {
            let place = cause.span().map_or(0, |span| span.start);
            let mut check = Check::new(text);
            let message = cause.message().to_owned();
            check.wrong(place, Text::new(message.clone(), message));
            check.refusal()
        })?;
        let mut check = Check::new(text);
        check.header(&file);
        for knock_out in &file.knock_outs {
            check.knock_out(knock_out);
        }
        for criterion in &file.criteria {
            check.criterion(criterion);
        }
        check.weights(&file.criteria);
        if !check.found.is_empty() {
            return Err(check.refusal());
        }
        Ok(Self {
            name: file.name.into_inner(),
            version: file.version.into_inner(),
            title: file.title,
            knock_outs: file
                .knock_outs
                .into_iter()
                .map(Spanned::into_inner)
                .collect(),
            criteria: file.criteria.into_iter().map(Spanned::into_inner).collect(),
            fragility: file.fragility,
            devices: file.devices,
        })
    }
}

/// Collects what is wrong with a rubric, by line.
struct Check<'a> {
    text: &'a str,
    codes: HashSet<String>,
    found: Fields,
}

impl<'a> Check<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            codes: HashSet::new(),
            found: Fields::default(),
        }
    }

    fn wrong(&mut self, place: usize, detail: Text) {
        let before = self.text.get(..place).unwrap_or("");
        let line = before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
        self.found
            .push_line(line, None, Code::RubricInvalid, detail);
    }

    fn refusal(self) -> Refusal {
        let mut refusal = Refusal::plain(Code::RubricInvalid);
        refusal.errors = self.found.into_vec();
        refusal
    }

    fn header(&mut self, file: &File) {
        for field in [&file.name, &file.version] {
            if field.get_ref().trim().is_empty() {
                self.wrong(
                    field.span().start,
                    Text::new("Ce champ est à remplir.", "This field is required."),
                );
            }
        }
    }

    fn code(&mut self, place: usize, code: &str) {
        let plain = !code.is_empty()
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain {
            self.wrong(
                place,
                Text::new(
                    format!(
                        "« {code} » : un code est fait de minuscules, de chiffres et de « _ »."
                    ),
                    format!("`{code}`: a code is made of lower-case letters, digits and `_`."),
                ),
            );
        }
        if !self.codes.insert(code.to_owned()) {
            self.wrong(
                place,
                Text::new(
                    format!("Le code « {code} » est déjà pris."),
                    format!("The code `{code}` is taken already."),
                ),
            );
        }
    }

    fn knock_out(&mut self, rule: &Spanned<KnockOut>) {
        let place = rule.span().start;
        let rule = rule.get_ref();
        self.code(place, &rule.code);
        let possible = match &rule.condition {
            Condition::QuantityBetween { min, max } => 0 <= *min && min <= max,
            Condition::AnyTheme(themes) => !themes.is_empty(),
            _ => true,
        };
        if !possible {
            self.wrong(
                place,
                Text::new(
                    format!(
                        "« {} » : aucune demande ne pourrait remplir cette condition.",
                        rule.code
                    ),
                    format!("`{}`: no application could meet this condition.", rule.code),
                ),
            );
        }
    }

    fn criterion(&mut self, criterion: &Spanned<Criterion>) {
        let place = criterion.span().start;
        let criterion = criterion.get_ref();
        self.code(place, &criterion.code);
        if !(0..=100).contains(&criterion.weight) {
            self.wrong(
                place,
                Text::new(
                    format!("« {} » : un poids va de 0 à 100.", criterion.code),
                    format!("`{}`: a weight goes from 0 to 100.", criterion.code),
                ),
            );
        }
        if let Some((fr, en)) = mistake(&criterion.rule) {
            self.wrong(
                place,
                Text::new(
                    format!("« {} » : {fr}", criterion.code),
                    format!("`{}`: {en}", criterion.code),
                ),
            );
        }
    }

    fn weights(&mut self, criteria: &[Spanned<Criterion>]) {
        let sum: i64 = criteria.iter().map(|c| i64::from(c.get_ref().weight)).sum();
        if sum != 100 {
            let place = criteria.last().map_or(0, |c| c.span().start);
            self.wrong(
                place,
                Text::new(
                    format!("La somme des poids est {sum} ; elle doit être 100."),
                    format!("The weights add up to {sum}; they must add up to 100."),
                ),
            );
        }
    }
}

/// What is wrong with a rule that could be read, in French and in English.
fn mistake(rule: &Rule) -> Option<(&'static str, &'static str)> {
    match rule {
        Rule::YesNo(_) | Rule::Themes(_) => None,
        Rule::PastObligations(rule) => (rule.each == super::Points::NONE).then_some((
            "« each » est d'un point au moins.",
            "`each` is one point or more.",
        )),
        Rule::Table(table) => table
            .points
            .is_empty()
            .then_some(("la table est vide.", "the table is empty.")),
        Rule::Steps(steps) => {
            let rising = steps
                .steps
                .windows(2)
                .all(|pair| pair[0].from < pair[1].from && pair[0].points <= pair[1].points);
            (!rising || steps.steps.is_empty()).then_some((
                "les paliers doivent monter, en chiffre et en points.",
                "steps must rise, in figure and in points.",
            ))
        }
        Rule::Range(range) if range.from >= range.to => Some((
            "« from » doit être inférieur à « to ».",
            "`from` must be below `to`.",
        )),
        Rule::Range(range) => (range.scale == Scale::Logarithmic && range.from < 1).then_some((
            "une échelle logarithmique commence à 1 au moins.",
            "a logarithmic scale begins at 1 or more.",
        )),
        Rule::Territory(territory) => (territory.from >= territory.to).then_some((
            "« from » doit être inférieur à « to ».",
            "`from` must be below `to`.",
        )),
        Rule::Assessed(rule) => {
            let possible = (1..=100).contains(&rule.max)
                && rule.assessors >= 1
                && (0..=rule.max).contains(&rule.divergence);
            (!possible).then_some((
                "« max » va de 1 à 100, « assessors » de 1, « divergence » de 0 à « max ».",
                "`max` goes from 1 to 100, `assessors` from 1, `divergence` from 0 to `max`.",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::rubric::Library;

    fn marseille() -> String {
        Library::embedded()
            .text("marseille-2023")
            .unwrap()
            .to_owned()
    }

    fn line_of(text: &str, part: &str) -> u64 {
        text.lines().position(|line| line.contains(part)).unwrap() as u64 + 1
    }

    #[test]
    fn rubric_invalid_names_the_line_of_the_mistake() {
        let good = marseille();
        for (from, to) in [
            ("weight = 30", "weight = 31"),
            ("weight = 10", "weight = \"10\""),
            ("yes = 100", "yes = 101"),
            ("scale = \"logarithmic\"", "scale = \"square\""),
            ("precarity = 40", "poverty = 40"),
            ("index = \"5.0\"", "index = 5.0"),
            ("divergence = 2", "divergent = 2"),
            ("clear_counts = true", "clear_counts = \"true\""),
            ("clear_counts = true", "clears_count = true"),
            (
                "rule.territory = { from = \"3.0\", to = \"8.0\" }",
                "rule.territory = { from = \"9.0\", to = \"8.0\" }",
            ),
        ] {
            assert!(good.contains(from), "{from}");
            let bad = good.replacen(from, to, 1);
            let refusal = Rubric::parse(&bad).unwrap_err();
            assert_eq!(refusal.code, Code::RubricInvalid);
            let line = refusal.errors[0].line.unwrap();
            let meant = line_of(&bad, to);
            if to == "weight = 31" {
                // the sum is everybody's mistake: the last criterion's line is named
                assert!(line > meant);
            } else {
                assert!(
                    meant.abs_diff(line) <= 4,
                    "{to}: line {line}, meant {meant}"
                );
            }
        }
    }

    #[test]
    fn overwritten_drives_count_unless_the_rubric_says_no() {
        let good = marseille();
        assert!(Rubric::parse(&good).unwrap().devices.clear_counts);
        let silent = good.replacen("[devices]\nclear_counts = true", "", 1);
        assert_ne!(silent, good);
        assert!(Rubric::parse(&silent).unwrap().devices.clear_counts);
        let strict = good.replacen("clear_counts = true", "clear_counts = false", 1);
        assert!(!Rubric::parse(&strict).unwrap().devices.clear_counts);
    }

    #[test]
    fn every_mistake_of_meaning_is_told_at_once() {
        let bad = marseille()
            .replacen("code = \"themes\"", "code = \"fragility\"", 1)
            .replacen("from = 20, to = 2000", "from = 0, to = 2000", 1)
            .replacen("weight = 5", "weight = 500", 1);
        let refusal = Rubric::parse(&bad).unwrap_err();
        assert_eq!(refusal.errors.len(), 4, "{:?}", refusal.errors);
    }
}
