//! Text messages: to which countries they go, and how many.
//!
//! A text costs its sender money, and there are those who earn by it: they have codes sent to numbers of a network that
//! pays them. So countries are allowed, not forbidden. They come in tiers, by what a text costs there and how often that
//! is done there; an owner turns whole tiers on, and single countries on or off.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Phone;

/// North America.
const FIRST: &[&str] = &["CA", "PR", "US"];
/// Europe and the Pacific, where texts are cheap and numbers are hard to come by.
const SECOND: &[&str] = &[
    "AD", "AT", "AU", "AX", "BE", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "FR", "GB", "GG", "GI", "GR",
    "HR", "HU", "IE", "IM", "IS", "IT", "JE", "JP", "KR", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "NZ", "PL",
    "PT", "RO", "SE", "SG", "SI", "SK", "SM", "TW", "VA",
];
/// Where texts cost more, or abuse is seen now and then.
const THIRD: &[&str] = &[
    "AE", "AR", "BG", "BH", "BR", "CL", "CO", "CR", "DO", "EC", "HK", "IL", "IN", "KW", "MO", "MX", "MY", "PA", "PE",
    "PH", "PY", "QA", "SA", "TH", "TR", "UY", "VN", "ZA",
];
/// Letters of the alphabet that a code of a country is made of.
const CODE_LEN: usize = 2;

/// A tier of countries; every country that is in none of the others is in the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Canada, Puerto Rico and the United States.
    First,
    /// Most of Europe, Australia, Japan, Korea, New Zealand, Singapore, Taiwan.
    Second,
    /// Where texts cost more, or abuse is seen now and then.
    Third,
    /// Everywhere else.
    Fourth,
}

impl Tier {
    /// The tier of a country (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn of(country: &str) -> Self {
        match country {
            country if FIRST.contains(&country) => Self::First,
            country if SECOND.contains(&country) => Self::Second,
            country if THIRD.contains(&country) => Self::Third,
            _ => Self::Fourth,
        }
    }
}

/// Text messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextPolicy {
    /// Tiers whose countries are on.
    pub tiers: BTreeSet<Tier>,
    /// Countries (ISO 3166-1 alpha-2) that are on beside them.
    pub allowed_countries: BTreeSet<String>,
    /// Countries that are off, whatever else is said.
    pub blocked_countries: BTreeSet<String>,
    /// Most texts that one number gets in an hour.
    pub per_number_per_hour: u32,
    /// Most texts that one caller has sent in an hour, to whatever numbers.
    pub per_caller_per_hour: u32,
    /// Most texts that go to one country in an hour.
    pub per_country_per_hour: u32,
}

impl Default for TextPolicy {
    fn default() -> Self {
        Self {
            tiers: [Tier::First, Tier::Second].into(),
            allowed_countries: BTreeSet::new(),
            blocked_countries: BTreeSet::new(),
            per_number_per_hour: 5,
            per_caller_per_hour: 20,
            per_country_per_hour: 500,
        }
    }
}

/// Evidence: the texts of the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextTraffic {
    /// To the number.
    pub to_number: u32,
    /// That the caller has had sent.
    pub of_caller: u32,
    /// To the country.
    pub to_country: u32,
}

/// Why no text is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// The country of the number is off.
    #[error("texts do not go to this country")]
    Country,
    /// The number has got too many.
    #[error("too many texts were sent to this number")]
    Number,
    /// The caller has had too many sent.
    #[error("too many texts were asked for from here")]
    Caller,
    /// The country has got too many.
    #[error("too many texts were sent to this country")]
    Flood,
}

impl TextPolicy {
    /// Whether a number is of a country that is on. A number of no country is not.
    #[must_use]
    pub fn reaches(&self, phone: &Phone) -> bool {
        phone.country().is_some_and(|country| {
            let on = self.tiers.contains(&Tier::of(&country)) || self.allowed_countries.contains(&country);
            on && !self.blocked_countries.contains(&country)
        })
    }

    /// Whether a text may be sent; asked before a code is drawn.
    pub fn may_send(&self, phone: &Phone, traffic: TextTraffic) -> Result<(), TextRefusal> {
        if !self.reaches(phone) {
            return Err(TextRefusal::Country);
        }
        if traffic.to_number >= self.per_number_per_hour {
            return Err(TextRefusal::Number);
        }
        if traffic.of_caller >= self.per_caller_per_hour {
            return Err(TextRefusal::Caller);
        }
        if traffic.to_country >= self.per_country_per_hour {
            return Err(TextRefusal::Flood);
        }
        Ok(())
    }

    /// A country that is none.
    pub(super) fn bad_country(&self) -> bool {
        let bad = |code: &String| code.len() != CODE_LEN || !code.bytes().all(|b| b.is_ascii_uppercase());
        self.allowed_countries.iter().chain(&self.blocked_countries).any(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWISS: &str = "+41791234567";
    const LATVIAN: &str = "+37121234567";
    const INDIAN: &str = "+918123456789";
    const CUBAN: &str = "+5351234567";
    const JAMAICAN: &str = "+18762101234";

    fn reaches(policy: &TextPolicy, typed: &str) -> bool {
        policy.reaches(&Phone::parse(typed).unwrap())
    }

    #[test]
    fn a_country_is_in_one_tier() {
        let all: Vec<_> = [FIRST, SECOND, THIRD].concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(["US", "CH", "IN", "CU"].map(Tier::of), [Tier::First, Tier::Second, Tier::Third, Tier::Fourth]);
    }

    #[test]
    fn sec_57_a_number_is_reached_where_its_country_is_on() {
        let mut policy = TextPolicy::default();
        assert_eq!([SWISS, LATVIAN, INDIAN, CUBAN].map(|to| reaches(&policy, to)), [true, true, false, false]);
        assert!(!reaches(&policy, JAMAICAN), "the code of a country is not the country");
        policy.allowed_countries.insert("IN".to_owned());
        policy.blocked_countries.insert("CH".to_owned());
        assert_eq!([SWISS, INDIAN].map(|to| reaches(&policy, to)), [false, true]);
        policy.blocked_countries.insert("IN".to_owned());
        assert!(!reaches(&policy, INDIAN), "off wins");
        policy.tiers.clear();
        assert!(!reaches(&policy, LATVIAN));
    }

    #[test]
    fn sec_56_every_limit_holds_by_itself() {
        let policy = TextPolicy::default();
        let to = Phone::parse(SWISS).unwrap();
        let (number, caller, country) =
            (policy.per_number_per_hour, policy.per_caller_per_hour, policy.per_country_per_hour);
        let send =
            |to_number, of_caller, to_country| policy.may_send(&to, TextTraffic { to_number, of_caller, to_country });
        assert_eq!(send(number - 1, caller - 1, country - 1), Ok(()));
        assert_eq!(send(number, 0, 0), Err(TextRefusal::Number));
        assert_eq!(send(0, caller, 0), Err(TextRefusal::Caller));
        assert_eq!(send(0, 0, country), Err(TextRefusal::Flood));
    }

    #[test]
    fn countries_are_two_letters() {
        let with = |code: &str| TextPolicy { allowed_countries: [code.to_owned()].into(), ..TextPolicy::default() };
        assert!(!with("CH").bad_country());
        assert!(["ch", "CHE", "", "C1"].iter().all(|code| with(code).bad_country()));
    }
}
