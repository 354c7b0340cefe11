//! What staff decide about a wave before it is planned. The bodies hold what a client
//! sends; [`Settings`] is what was checked and completed from the programme.

use std::collections::BTreeMap;

use kernel::{BatchId, DeviceId, DeviceKind, Grade, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What becomes of stock that cannot form another lot.
    pub enum Residual {
        /// It enlarges the lots that were formed.
        Grow = "grow",
        /// It is kept for the next wave when a request for it got no lot.
        Hold = "hold",
    }
}

text_enum! {
    /// Which devices of the stock make up a lot.
    pub enum Picking {
        /// From one workshop where possible, of few models.
        SiteFirst = "site_first",
        /// To each its fair share of the grades A, B and C, then from one workshop where possible.
        GradesFirst = "grades_first",
    }
}

/// The body that makes a wave.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct NewWave {
    /// Such as « Première vague ».
    pub name: String,
    /// What may be given.
    #[serde(default)]
    pub supply: Supply,
    /// The smallest lot; the programme's when absent.
    pub lot_min: Option<i64>,
    /// The largest lot, earlier waves included; the programme's when absent.
    pub lot_max: Option<i64>,
    /// A share for associations that ask for little.
    pub reserve_small: Option<ReserveSmallInput>,
    /// The most that requests with a tag may receive together.
    pub caps: Option<Vec<CapInput>>,
    /// What becomes of stock that cannot form another lot; `grow` when absent.
    pub residual: Option<Residual>,
    /// Which devices make up a lot; `site_first` when absent.
    pub picking: Option<Picking>,
    /// Whether requests that received devices in earlier waves take part; `false` when absent.
    pub complements: Option<bool>,
    /// How what remains is shared out; in proportion to points when absent.
    pub weight: Option<WeightInput>,
    /// The seed of the public draw between equals, announced before the wave closes.
    pub seed: String,
}

/// The body of a simulation: what is absent stays as the wave has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub struct Simulation {
    /// What may be given.
    pub supply: Option<Supply>,
    /// The smallest lot.
    pub lot_min: Option<i64>,
    /// The largest lot, earlier waves included.
    pub lot_max: Option<i64>,
    /// A share for associations that ask for little; `null` takes it away.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<ReserveSmallInput>)]
    pub reserve_small: Option<Option<ReserveSmallInput>>,
    /// The most that requests with a tag may receive together.
    pub caps: Option<Vec<CapInput>>,
    /// What becomes of stock that cannot form another lot.
    pub residual: Option<Residual>,
    /// Which devices make up a lot.
    pub picking: Option<Picking>,
    /// Whether requests that received devices in earlier waves take part.
    pub complements: Option<bool>,
    /// How what remains is shared out.
    pub weight: Option<WeightInput>,
    /// The seed of the public draw between equals.
    pub seed: Option<String>,
}

/// What is said, `null` among it; what is absent is none.
fn said<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The body that changes a wave: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub struct WaveChange {
    /// Such as « Première vague ».
    pub name: Option<String>,
    /// Its settings.
    #[serde(flatten)]
    pub settings: Simulation,
}

/// The body of a simulation: one set of settings, or several in `settings` to compare.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub struct SimulationBody {
    /// Up to ten sets of settings, compared side by side with the wave's own.
    pub settings: Option<Vec<Simulation>>,
    /// One set.
    #[serde(flatten)]
    pub one: Simulation,
}

/// What a wave and a simulation have in common, before it is checked.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)] // see `NewWave`
pub struct SettingsInput {
    pub supply: Supply,
    pub lot_min: Option<i64>,
    pub lot_max: Option<i64>,
    pub reserve_small: Option<ReserveSmallInput>,
    pub caps: Option<Vec<CapInput>>,
    pub residual: Option<Residual>,
    pub picking: Option<Picking>,
    pub complements: Option<bool>,
    pub weight: Option<WeightInput>,
    pub seed: String,
}

impl From<&NewWave> for SettingsInput {
    fn from(body: &NewWave) -> Self {
        Self {
            supply: body.supply.clone(),
            lot_min: body.lot_min,
            lot_max: body.lot_max,
            reserve_small: body.reserve_small.clone(),
            caps: body.caps.clone(),
            residual: body.residual,
            picking: body.picking,
            complements: body.complements,
            weight: body.weight,
            seed: body.seed.clone(),
        }
    }
}

impl Simulation {
    /// The settings of the wave, with what the simulation changes.
    #[must_use]
    pub fn over(&self, wave: &Settings) -> SettingsInput {
        SettingsInput {
            supply: self.supply.clone().unwrap_or_else(|| wave.supply.clone()),
            lot_min: self.lot_min.or(Some(i64::from(wave.lot_min))),
            lot_max: self.lot_max.or(Some(i64::from(wave.lot_max))),
            reserve_small: match &self.reserve_small {
                Some(said) => said.clone(),
                None => wave.reserve_small.as_ref().map(Into::into),
            },
            caps: self
                .caps
                .clone()
                .or_else(|| Some(wave.caps.iter().map(Into::into).collect())),
            residual: self.residual.or(Some(wave.residual)),
            picking: self.picking.or(Some(wave.picking)),
            complements: self.complements.or(Some(wave.complements)),
            weight: self.weight.or(Some(wave.weight.into())),
            seed: self.seed.clone().unwrap_or_else(|| wave.seed.clone()),
        }
    }
}

/// Which ready devices a wave may give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Supply {
    /// Only these kinds; the programme's when absent.
    #[serde(default)]
    pub kinds: Option<Vec<DeviceKind>>,
    /// Only these cosmetic grades; all when absent.
    #[serde(default)]
    pub grades: Option<Vec<Grade>>,
    /// Only devices of these batches; all when absent.
    #[serde(default)]
    pub batch_ids: Option<Vec<BatchId>>,
    /// At most so many of a kind, those ready for longest first.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::HashMap<String, i64>>)]
    pub at_most: Option<BTreeMap<DeviceKind, i64>>,
    /// Only these devices, such as those of a lot that came back; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_ids: Option<Vec<DeviceId>>,
}

/// A share for associations that ask for little: a number of devices, or more in detail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ReserveSmallInput {
    /// So many devices of each kind.
    Devices(i64),
    /// In detail.
    Detail(SmallShareInput),
}

/// A share for associations that ask for little.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SmallShareInput {
    /// So many devices of each kind, or by kind.
    pub quantity: PerKind,
    /// A request for fewer than this is small; the programme's smallest lot when absent.
    pub below: Option<i64>,
    /// The smallest lot of a small request; 1 when absent.
    pub lot_min: Option<i64>,
}

/// One number for every kind, or one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PerKind {
    /// The same for every kind.
    Each(i64),
    /// By kind.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    By(BTreeMap<DeviceKind, i64>),
}

/// The most that requests with a tag may receive together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct CapInput {
    /// Names the cap in explanations; made of the tag when absent.
    pub id: Option<String>,
    /// A postal code, a commune code, a theme, or `small`.
    pub tag: String,
    /// The kind that is counted; all kinds together when absent.
    pub kind: Option<DeviceKind>,
    /// The most devices.
    pub max: i64,
}

/// `w = max(1, base + score × hundredths of a point + fragility × tenths of the index)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct WeightInput {
    /// The same for everyone; 0 when absent.
    #[serde(default)]
    pub base: i64,
    /// Per hundredth of a point; 0 when absent.
    #[serde(default)]
    pub score: i64,
    /// Per tenth of the fragility index; 0 when absent.
    #[serde(default)]
    pub fragility: i64,
}

/// What staff decided about a wave, checked and complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WaveSettings)]
pub struct Settings {
    /// Which devices.
    pub supply: Supply,
    /// The smallest lot.
    pub lot_min: u32,
    /// The largest lot, earlier waves included.
    pub lot_max: u32,
    /// A share for associations that ask for little.
    pub reserve_small: Option<SmallShare>,
    /// The most that requests with a tag may receive together.
    pub caps: Vec<Cap>,
    /// What becomes of stock that cannot form another lot.
    pub residual: Residual,
    /// Which devices make up a lot.
    pub picking: Picking,
    /// Whether requests that received devices before take part.
    pub complements: bool,
    /// How what remains is shared out.
    pub weight: Weight,
    /// The seed of the public draw.
    pub seed: String,
}

db::json_column!(Settings);

/// A checked share for small requests.
pub type ReserveSmall = SmallShare;

/// A checked share for small requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SmallShare {
    /// How many devices of each kind of the wave.
    #[schema(value_type = std::collections::HashMap<String, u64>)]
    pub quantity: BTreeMap<DeviceKind, u64>,
    /// A request for fewer than this is small.
    pub below: u32,
    /// The smallest lot of a small request.
    pub lot_min: u32,
}

/// A checked cap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cap {
    /// Names it in explanations.
    pub id: String,
    /// Whom it concerns.
    pub tag: String,
    /// The kind it counts.
    pub kind: Option<DeviceKind>,
    /// The most devices.
    pub max: u64,
}

/// A checked weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Weight {
    /// The same for everyone.
    pub base: u64,
    /// Per hundredth of a point.
    pub score: u64,
    /// Per tenth of the fragility index.
    pub fragility: u64,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<&SmallShare> for ReserveSmallInput {
    fn from(share: &SmallShare) -> Self {
        let by = share
            .quantity
            .iter()
            .map(|(kind, quantity)| (*kind, signed(*quantity)))
            .collect();
        Self::Detail(SmallShareInput {
            quantity: PerKind::By(by),
            below: Some(share.below.into()),
            lot_min: Some(share.lot_min.into()),
        })
    }
}

impl From<&Cap> for CapInput {
    fn from(cap: &Cap) -> Self {
        Self {
            id: Some(cap.id.clone()),
            tag: cap.tag.clone(),
            kind: cap.kind,
            max: signed(cap.max),
        }
    }
}

impl From<Weight> for WeightInput {
    fn from(weight: Weight) -> Self {
        Self {
            base: signed(weight.base),
            score: signed(weight.score),
            fragility: signed(weight.fragility),
        }
    }
}
