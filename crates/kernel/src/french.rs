//! French identifiers, checked in form only: a number that passes may still name nobody.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Code, Text};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $fr:literal, $en:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(into = "String", try_from = "String")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// The identifier in its plain form.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What to tell someone whose identifier is not well-formed.
            pub fn help() -> Text {
                Text::new($fr, $en)
            }
        }

        impl FromStr for $name {
            type Err = Code;
            /// Takes it with spaces as people write it.
            fn from_str(text: &str) -> Result<Self, Code> {
                let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let check: fn(String) -> Option<String> = $check;
                check(plain).map(Self).ok_or(Code::InvalidIdentifier)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                text.parse().map_err(|_| format!("{} is not valid: {}", stringify!($name), $en))
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> String {
                identifier.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// The number of an establishment: 14 digits that satisfy Luhn's check, and so do the
    /// first nine, the SIREN. La Poste's establishments have a rule of their own: the sum
    /// of their digits is a multiple of five.
    Siret,
    "Un SIRET a 14 chiffres, dont une clé de contrôle ; vérifiez qu'aucun chiffre ne manque ou n'est interverti.",
    "A SIRET has 14 digits, one of them a check digit; see that none is missing or swapped.",
    |plain| {
        let digits: Vec<u32> = plain.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
        let valid = digits.len() == 14
            && if plain.starts_with("356000000") && plain != "35600000000048" {
                digits.iter().sum::<u32>().is_multiple_of(5)
            } else {
                luhn(&digits) && luhn(&digits[..9])
            };
        valid.then_some(plain)
    }
);

identifier!(
    /// The number of an association in the national register (RNA): `W` and nine
    /// characters, digits in all but a few old registers.
    Rna,
    "Un numéro RNA est la lettre W suivie de 9 caractères ; il figure sur le récépissé de la préfecture.",
    "An RNA number is the letter W and 9 characters; it is on the receipt of the prefecture.",
    |plain| {
        let upper = plain.to_ascii_uppercase();
        let rest = upper.strip_prefix('W')?;
        (rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(upper)
    }
);

identifier!(
    /// The INSEE code of a commune or municipal district, such as 13055 or 13203.
    CommuneCode,
    "Un code commune INSEE a 5 caractères, par exemple 13055 ; ce n'est pas le code postal.",
    "An INSEE commune code has 5 characters, for example 13055; it is not the postal code.",
    |plain| {
        let upper = plain.to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let department = bytes.len() == 5
            && match bytes[0] {
                b'2' => matches!(bytes[1], b'A' | b'B' | b'1'..=b'9'),
                b'0' | b'1' | b'3'..=b'9' => bytes[1].is_ascii_digit(),
                _ => false,
            };
        (department && bytes[2..].iter().all(u8::is_ascii_digit)).then_some(upper)
    }
);

impl CommuneCode {
    /// The municipal district that a Marseille postal code names: 13001 to 13016 are the
    /// districts 13201 to 13216. No other postal code names one commune.
    pub fn of_marseille(postal_code: &str) -> Option<Self> {
        let number: u32 = postal_code.strip_prefix("130")?.parse().ok()?;
        (postal_code.len() == 5 && (1..=16).contains(&number))
            .then(|| Self(format!("132{number:02}")))
    }

    /// The commune that a municipal district is part of: 13055 for Marseille's.
    pub fn whole(&self) -> Self {
        let is_district = self.0.strip_prefix("132").and_then(|n| n.parse().ok());
        match is_district {
            Some(1..=16_u32) => Self("13055".to_owned()),
            _ => self.clone(),
        }
    }
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn siret(text: &str) -> bool {
        text.parse::<Siret>().is_ok()
    }

    #[test]
    fn siret_has_a_check_digit_and_la_poste_its_own_rule() {
        assert!(siret("732 829 320 00074"));
        assert!(!siret("73282932000079"));
        assert!(siret("35600000009075"));
        assert!(!siret("35600000009076"));
        assert!(siret("35600000000048"));
        assert!(!siret("7328293200007"));
        assert!(!siret("7328293200007é"));
    }

    #[test]
    fn rna_takes_letters_that_old_registers_have() {
        assert_eq!(
            "w133971864".parse::<Rna>().map(String::from),
            Ok("W133971864".into())
        );
        assert!("W9N1004065".parse::<Rna>().is_ok());
        assert!("W13397186".parse::<Rna>().is_err());
        assert!("1339718640".parse::<Rna>().is_err());
    }

    #[test]
    fn commune_codes_cover_corsica_and_marseille() {
        for good in ["13055", "13203", "2A004", "2B033", "01001", "97411"] {
            assert!(good.parse::<CommuneCode>().is_ok(), "{good}");
        }
        for bad in ["2C001", "1305", "130555", "2004", "20004", "ABCDE"] {
            assert!(bad.parse::<CommuneCode>().is_err(), "{bad}");
        }
        assert_eq!(
            CommuneCode::of_marseille("13003").map(String::from),
            Some("13203".into())
        );
        assert_eq!(CommuneCode::of_marseille("13017"), None);
        assert_eq!(CommuneCode::of_marseille("13100"), None);
    }

    #[test]
    fn a_district_belongs_to_its_commune() {
        let district = CommuneCode::of_marseille("13016").map(|code| code.whole());
        assert_eq!(district.map(String::from), Some("13055".into()));
    }
}
