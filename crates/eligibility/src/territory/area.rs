//! Whether a site is within the territory of a programme.

use kernel::CommuneCode;

use super::lookup::Site;
use crate::rubric::AreaCheck;

/// Compares a site with a programme's territory: commune or département codes, separated by
/// commas. A territory written as a name decides nothing, and neither does a site of which
/// too little is known: people look then.
pub fn area_check(territory: &str, site: &Site) -> AreaCheck {
    let areas: Vec<&str> = territory
        .split(',')
        .map(str::trim)
        .filter(|area| !area.is_empty())
        .collect();
    if areas.is_empty() {
        return AreaCheck::Inside;
    }
    let checks: Vec<_> = areas.iter().map(|area| check(area, site)).collect();
    if checks.contains(&AreaCheck::Inside) {
        AreaCheck::Inside
    } else if checks.contains(&AreaCheck::Unknown) {
        AreaCheck::Unknown
    } else {
        AreaCheck::Outside
    }
}

fn check(area: &str, site: &Site) -> AreaCheck {
    let answer = |inside| {
        if inside {
            AreaCheck::Inside
        } else {
            AreaCheck::Outside
        }
    };
    if is_department(area) {
        return site
            .department()
            .map_or(AreaCheck::Unknown, |department| answer(department == area));
    }
    let Ok(area) = area.parse::<CommuneCode>() else {
        return AreaCheck::Unknown;
    };
    match site
        .precise_code()
        .and_then(|code| code.parse::<CommuneCode>().ok())
    {
        Some(code) => answer(code == area || code.whole() == area),
        // Marseille has postal codes of its own: any other is outside
        None if area.whole().as_str() == "13055" && site.postal_code.len() == 5 => {
            AreaCheck::Outside
        }
        None => AreaCheck::Unknown,
    }
}

fn is_department(area: &str) -> bool {
    match area.len() {
        2 => area.bytes().all(|b| b.is_ascii_digit()) || matches!(area, "2A" | "2B"),
        3 => area.starts_with("97") && area.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(territory: &str, postal_code: &str, commune_code: Option<&str>) -> AreaCheck {
        let site = Site {
            postal_code: postal_code.into(),
            commune: None,
            commune_code: commune_code.map(Into::into),
        };
        area_check(territory, &site)
    }

    #[test]
    fn codes_decide_and_names_do_not() {
        use AreaCheck::{Inside, Outside, Unknown};
        for (territory, postal_code, commune_code, expected) in [
            ("", "75011", None, Inside),
            ("Marseille", "13015", None, Unknown),
            ("13055", "13015", None, Inside),
            ("13055", "13015", Some("13055"), Inside),
            ("13055", "13104", None, Outside),
            ("13055", "", None, Unknown),
            ("13215, 13203", "13003", None, Inside),
            ("13215, 13203", "13010", None, Outside),
            ("13", "13104", None, Inside),
            ("13", "75011", None, Outside),
            ("13004", "13104", None, Unknown),
            ("13004", "13104", Some("13004"), Inside),
            ("75,Marseille", "13015", None, Unknown),
        ] {
            assert_eq!(
                check(territory, postal_code, commune_code),
                expected,
                "{territory} {postal_code}"
            );
        }
    }
}
