//! Shows what is read from files of `lshw -json`:
//! `cargo run -p workshop --example read_lshw -- machine.json …`
#![allow(clippy::print_stdout)]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for name in std::env::args().skip(1) {
        match workshop::read_capture(&std::fs::read(&name)?) {
            Ok(capture) => println!("{}", serde_json::json!({"file": name, "read": capture})),
            Err(refusal) => println!(
                "{}",
                serde_json::json!({"file": name, "refused": refusal.code.as_str(),
                    "detail": refusal.detail.en})
            ),
        }
    }
    Ok(())
}
