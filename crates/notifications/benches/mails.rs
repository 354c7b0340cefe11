//! How long it takes to write a mail: each of these goes through the preview that staff see,
//! which reads the examples first; and the check of all templates at the start, which writes
//! every example in both languages, alone and twice in one letter.
#![allow(missing_docs, clippy::unwrap_used)]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::Language;
use notifications::{MailSettings, Templates};

fn mails(criterion: &mut Criterion) {
    let settings = MailSettings::default();
    let templates = Templates::load(&settings).unwrap();
    let examples: usize = templates
        .list(Language::French)
        .iter()
        .map(|row| row.variants.len())
        .sum();

    let mut group = criterion.benchmark_group("preview-a-mail");
    group
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(1));
    for kind in ["invitation", "batch_closed", "lot_granted"] {
        group.bench_function(kind, |bencher| {
            bencher.iter(|| templates.preview(kind, None, Language::French).unwrap());
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("templates");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(4 * examples as u64));
    group.bench_function("load-and-write-every-example", |bencher| {
        bencher.iter(|| Templates::load(&settings).unwrap());
    });
    group.finish();
}

criterion_group!(benches, mails);
criterion_main!(benches);
