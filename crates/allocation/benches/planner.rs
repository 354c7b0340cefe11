//! How long a plan takes with its whole trace, the certificate that checks it, and all of it
//! from the text of a file to the text of the answer, per association.
//! `cargo bench -p allocation -- plan/everything` measures some of them.
#![allow(missing_docs, clippy::unwrap_used)]

mod waves;

use std::cell::OnceCell;
use std::time::Duration;

use allocation::plan::{Instance, Plan, check_plan, plan, replay};
use criterion::{
    BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};

/// From so many associations on, a few runs say enough.
const LARGE: usize = 10_000;

/// An instance, which is made when it is first asked for.
struct Case {
    associations: usize,
    devices: u64,
    everything: bool,
    made: OnceCell<Made>,
}

struct Made {
    instance: Instance,
    plan: Plan,
    text: String,
}

impl Case {
    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let instance = waves::instance(self.associations, self.devices, self.everything);
            let plan = plan(&instance).unwrap();
            let broken = check_plan(&instance, &plan.awards, &plan.left_by_kind);
            assert!(
                broken.is_empty(),
                "the certificate does not hold: {broken:?}"
            );
            let text = serde_json::to_string(&instance).unwrap();
            Made {
                instance,
                plan,
                text,
            }
        })
    }
}

fn cases() -> Vec<Case> {
    let case = |everything: bool| {
        waves::SIZES.map(move |(associations, devices)| Case {
            associations,
            devices,
            everything,
            made: OnceCell::new(),
        })
    };
    [false, true].into_iter().flat_map(case).collect()
}

fn measure<T>(criterion: &mut Criterion, name: &str, cases: &[Case], work: impl Fn(&Made) -> T) {
    let mut group = criterion.benchmark_group(name);
    group.warm_up_time(Duration::from_millis(300));
    for case in cases {
        let (runs, seconds, mode) = match case.associations < LARGE {
            true => (50, 2, SamplingMode::Auto),
            false => (10, 3, SamplingMode::Flat),
        };
        group
            .sample_size(runs)
            .measurement_time(Duration::from_secs(seconds))
            .sampling_mode(mode);
        group.throughput(Throughput::Elements(case.associations as u64));
        let id = BenchmarkId::new(waves::settings(case.everything), case.associations);
        group.bench_function(id, |bencher| {
            let made = case.made();
            bencher.iter(|| work(made));
        });
    }
    group.finish();
}

fn planner(criterion: &mut Criterion) {
    let cases = cases();
    measure(criterion, "plan", &cases, |made| {
        plan(&made.instance).unwrap()
    });
    measure(criterion, "certificate", &cases, |made| {
        check_plan(&made.instance, &made.plan.awards, &made.plan.left_by_kind)
    });
    measure(criterion, "file-to-answer", &cases, |made| {
        replay::run(&made.text)
    });
}

criterion_group!(benches, planner);
criterion_main!(benches);
