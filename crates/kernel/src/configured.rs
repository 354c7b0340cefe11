//! What a city may set in a file of its own, read once at start; otherwise the file that is built in.

use std::sync::OnceLock;

/// Values out of a file that is built in, unless another one took its place before they were asked for.
#[derive(Debug)]
pub struct Configured<T> {
    in_use: OnceLock<T>,
    built_in: fn() -> Result<T, String>,
}

impl<T> Configured<T> {
    /// Read from the file that is built in when nothing takes its place.
    #[must_use]
    pub const fn new(built_in: fn() -> Result<T, String>) -> Self {
        Self {
            in_use: OnceLock::new(),
            built_in,
        }
    }

    /// The values in use.
    ///
    /// # Errors
    /// A sentence when the file that is built in cannot be read, which tests exclude.
    pub fn get(&self) -> Result<&T, String> {
        if let Some(value) = self.in_use.get() {
            return Ok(value);
        }
        let value = (self.built_in)()?;
        Ok(self.in_use.get_or_init(|| value))
    }

    /// Puts other values in their place.
    ///
    /// # Errors
    /// A sentence when values are in use already: they do not change while the program runs.
    pub fn replace(&self, value: T) -> Result<(), String> {
        let late = |_| "the values are in use already".to_owned();
        self.in_use.set(value).map_err(late)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn values_are_replaced_before_they_are_used_and_not_after() {
        let own = Configured::new(|| Ok(1));
        own.replace(2).unwrap();
        assert_eq!(own.get(), Ok(&2));
        let built_in = Configured::new(|| Ok(1));
        assert_eq!(built_in.get(), Ok(&1));
        assert!(built_in.replace(2).is_err());
        let broken = Configured::<u8>::new(|| Err("line 3".to_owned()));
        assert_eq!(broken.get(), Err("line 3".to_owned()));
    }
}
