//! How far a long command has come: a bar on a terminal, a line each tenth elsewhere. Both
//! on standard error.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// The bar.
pub struct Progress {
    size: u64,
    shown: u64,
    terminal: bool,
    started: Instant,
}

impl Progress {
    /// Of so much work.
    pub fn new(size: u64) -> Self {
        Self {
            size: size.max(1),
            shown: 0,
            terminal: std::io::stderr().is_terminal(),
            started: Instant::now(),
        }
    }

    /// Shows how much of the work is done, and says it in words.
    pub fn show(&mut self, done: u64, words: &str) {
        let done = done.min(self.size);
        let percent = done * 100 / self.size;
        if self.terminal {
            let full = usize::try_from(percent / 4).unwrap_or(0).min(25);
            eprint!(
                "\r[{}{}] {percent:3} %  {words}, {} left  ",
                "#".repeat(full),
                ".".repeat(25 - full),
                left(self.started.elapsed(), done, self.size)
            );
        } else if percent / 10 > self.shown / 10 {
            self.shown = percent;
            eprintln!("{percent} %, {words}");
        }
    }

    /// Ends the line of the bar, before something else is said.
    pub fn break_line(&self) {
        if self.terminal {
            eprintln!();
        }
    }

    /// Since the work began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// How long it still takes at the pace so far.
fn left(elapsed: Duration, done: u64, size: u64) -> String {
    let ahead = size.saturating_sub(done);
    let seconds = elapsed.as_secs() * ahead / done.max(1);
    match seconds {
        0..60 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_by_the_pace_so_far() {
        assert_eq!(left(Duration::from_secs(10), 50, 100), "10 s");
        assert_eq!(left(Duration::from_secs(30), 10, 100), "5 min");
        assert_eq!(left(Duration::ZERO, 0, 100), "0 s");
    }
}
