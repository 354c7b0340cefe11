//! The city's own look: its color, in light and in dark, and its logo. What cannot be read well
//! stops the program at its start.

use std::path::Path;

/// Text and what is behind it differ at least so much (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// What stands around the city's color; as in `assets/app.css`.
const LIGHT: Scheme = Scheme {
    setting: "console.accent",
    behind: &["#faf6ef", "#ffffff"],
    on_it: "#ffffff",
};
const DARK: Scheme = Scheme {
    setting: "console.accent_dark",
    behind: &["#0f1a20", "#182830"],
    on_it: "#0f1a20",
};
/// Bytes of a logo at the most: it is part of every first view.
const LARGEST_LOGO: usize = 20 << 10;

/// Where the color is used.
struct Scheme {
    setting: &'static str,
    /// Links of this color stand on these.
    behind: &'static [&'static str],
    /// What buttons of this color say is of this one.
    on_it: &'static str,
}

impl Scheme {
    /// The color, if it can be read wherever it is used.
    fn check(&self, color: &str) -> Result<String, String> {
        let setting = self.setting;
        let own = parse(color)
            .ok_or_else(|| format!("{setting} {color:?}: a color is written #rrggbb"))?;
        for other in self.behind.iter().chain([&self.on_it]) {
            let contrast = parse(other).map_or(1.0, |other| contrast(own, other));
            if contrast < LEAST_CONTRAST {
                return Err(format!(
                    "{setting} {color}: its contrast with {other} is {contrast:.2} to 1, which is too little to \
                     read; it has to be {LEAST_CONTRAST} to 1"
                ));
            }
        }
        Ok(color.to_ascii_lowercase())
    }
}

/// The style sheet that sets the city's colors; none when it has none of its own.
///
/// # Errors
/// The setting at fault.
pub(crate) fn style(accent: &str, accent_dark: &str) -> Result<Option<String>, String> {
    let mut rules = String::new();
    for (scheme, color, name) in [
        (&LIGHT, accent, "--city-accent"),
        (&DARK, accent_dark, "--city-accent-dark"),
    ] {
        if !color.is_empty() {
            rules.push_str(&format!("{name}:{};", scheme.check(color)?));
        }
    }
    Ok((!rules.is_empty()).then(|| format!(":root{{{rules}}}\n")))
}

/// The file of the logo, under the name by which it is served; none when there is none.
///
/// # Errors
/// The setting at fault.
pub(crate) fn logo(file: &Path) -> Result<Option<(&'static str, Vec<u8>)>, String> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let fault = |what: &str| format!("console.logo {}: {what}", file.display());
    let name = match file.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => "logo.svg",
        Some("png") => "logo.png",
        _ => return Err(fault("a logo is an SVG or a PNG")),
    };
    let content = std::fs::read(file).map_err(|cause| fault(&cause.to_string()))?;
    if content.len() > LARGEST_LOGO {
        return Err(fault("a logo has 20 KB at the most"));
    }
    Ok(Some((name, content)))
}

/// Red, green and blue of `#rrggbb`.
fn parse(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#').filter(|it| it.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The contrast of two colors, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        match part <= 0.04045 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_contrasts_of_the_standard() {
        let of = |one: &str, other: &str| contrast(parse(one).unwrap(), parse(other).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 0.01);
        assert!((of("#777777", "#ffffff") - 4.48).abs() < 0.01);
        assert!((of("#123456", "#123456") - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn our_own_colors_are_readable() {
        let own = style("#0b4f5e", "#86d3dc").unwrap().unwrap();
        assert_eq!(
            own,
            ":root{--city-accent:#0b4f5e;--city-accent-dark:#86d3dc;}\n"
        );
        assert_eq!(style("", "").unwrap(), None);
        let css = include_str!("../assets/app.css");
        for scheme in [&LIGHT, &DARK] {
            for color in scheme.behind {
                let short = color.replace("#ffffff", "#fff");
                assert!(css.contains(&short), "{color} is not in app.css any more");
            }
        }
    }

    #[test]
    fn a_color_that_cannot_be_read_is_refused_with_its_setting() {
        for (light, dark, named) in [
            ("#ffd400", "", "console.accent"),
            ("#777777", "", "console.accent"),
            ("", "#333333", "console.accent_dark"),
            ("red", "", "console.accent"),
            ("#12345é", "", "console.accent"),
            ("#fff; } body { display:none", "", "console.accent"),
        ] {
            let fault = style(light, dark).unwrap_err();
            assert!(fault.starts_with(named), "{fault}");
        }
    }

    #[test]
    fn a_logo_is_a_small_picture() {
        assert_eq!(logo(Path::new("")).unwrap(), None);
        let fault = logo(Path::new("logo.exe")).unwrap_err();
        assert!(fault.starts_with("console.logo logo.exe"), "{fault}");
        let missing = logo(Path::new("/nowhere/logo.svg")).unwrap_err();
        assert!(missing.starts_with("console.logo"), "{missing}");
    }
}
