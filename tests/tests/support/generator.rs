//! An authenticator application, as people have one on their telephone.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Clock;
use sha1::Sha1;
use testkit::TestApp;

/// An authenticator application (RFC 6238): a second implementation, so that ours is not its
/// own judge.
pub struct Generator(pub Vec<u8>);

impl Generator {
    /// Takes the secret as it is typed in, in base 32.
    pub fn typed(secret: &str) -> Self {
        let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
        for letter in secret.bytes() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                _ => letter - b'2' + 26,
            };
            bits = (bits << 5) | u32::from(value);
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count) as u8);
            }
        }
        Self(bytes)
    }

    /// What it shows now.
    pub fn code(&self, app: &TestApp) -> String {
        let step = app.clock.now().micros() / 30_000_000;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}
