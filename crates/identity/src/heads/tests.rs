use kernel::Fold;

use super::*;

fn folded(lines: i32) -> Folded {
    let mut fold = Fold::default();
    for seq in 1..=lines {
        fold.add([1; 16], seq, &[9; 32], Some("k"));
    }
    fold.finish()
}

fn signer(secret: &str, public: &[String]) -> HeadSigner {
    HeadSigner::new(&[secret.repeat(40).into_bytes()], public).expect("a key")
}

fn head(signer: &HeadSigner) -> SignedHead {
    let at = Instant::from_micros(1_700_000_000_000_000).expect("a time");
    let head = ChainHead::new(1, at, (&folded(3), &folded(2)), None);
    signer.sign(head).expect("signed")
}

#[test]
fn a_head_is_read_back_as_it_was_signed() {
    let signer = signer("a", &[]);
    let signed = head(&signer);
    let read = SignedHead::parse(&signed.line).expect("a head");
    assert_eq!(read, signed);
    assert!(signer.holds(&read));
    assert_eq!(read.head.custody.lines_in_all, 3);
}

#[test]
fn a_changed_head_or_a_stranger_s_does_not_hold() {
    let ours = signer("a", &[]);
    let signed = head(&ours);
    let fewer = signed.line.replacen("\"lines\":3", "\"lines\":2", 1);
    assert_ne!(fewer, signed.line);
    assert!(!ours.holds(&SignedHead::parse(&fewer).expect("a head")));
    let stranger = signer("b", &[]);
    assert!(
        !ours.holds(&head(&stranger)),
        "whoever signs is not who is trusted"
    );
    let trusting = signer("a", &[stranger.public_key()]);
    assert!(
        trusting.holds(&head(&stranger)),
        "a retired key's public half is enough"
    );
}
