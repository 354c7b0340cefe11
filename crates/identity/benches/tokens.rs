//! What each request and each sign-in does with tokens.
#![allow(missing_docs, clippy::unwrap_used)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use identity::token::{ACCESS_SECONDS, Signer256, hash, random};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Instant, Role};
use serde_json::json;
use sha2::{Digest, Sha256};

const SECRET: [u8; 32] = [7; 32];

/// A token such as a sign-in hands out, signed with this secret under the name of ours.
fn access_token(secret: &[u8], now: Instant) -> String {
    let issued = now.micros() / 1_000_000;
    let claims = json!({
        "iss": "ressac", "aud": "ressac", "role": Role::Staff,
        "sub": "0198c0de-0000-7000-8000-000000000001",
        "org": "0198c0de-0000-7000-8000-000000000002",
        "sid": "0198c0de-0000-7000-8000-000000000003",
        "iat": issued, "exp": issued + ACCESS_SECONDS,
    });
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(URL_SAFE_NO_PAD.encode(&Sha256::digest(SECRET)[..6]));
    encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn tokens(criterion: &mut Criterion) {
    let now = "2023-02-28T09:00:00Z".parse().unwrap();
    let signer = Signer256::new(&[SECRET]).unwrap();
    let valid = access_token(&SECRET, now);
    let forged = access_token(&[8; 32], now);
    assert!(signer.actor(&valid, now).is_some());
    assert!(signer.actor(&forged, now).is_none());
    let refresh = random().unwrap();

    let mut group = criterion.benchmark_group("token");
    group.throughput(Throughput::Elements(1));
    group.bench_function("verify-access", |bencher| {
        bencher.iter(|| signer.actor(&valid, now));
    });
    group.bench_function("refuse-forged", |bencher| {
        bencher.iter(|| signer.actor(&forged, now));
    });
    group.bench_function("hash-refresh", |bencher| bencher.iter(|| hash(&refresh)));
    group.bench_function("make-random", |bencher| bencher.iter(|| random().unwrap()));
    group.finish();
}

criterion_group!(benches, tokens);
criterion_main!(benches);
