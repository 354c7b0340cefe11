//! On which request of an application a device counts that another association passes on.

use eligibility::Request;
use kernel::{ApplicationId, DeviceKind};

use super::History;

/// The request, from 1, and what it asked and received before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which.
    pub request: i32,
    /// Devices asked for.
    pub asked: i64,
    /// Devices received before.
    pub received: i64,
}

/// The first request that asks for this kind and is not met; else the first that asks for it; else
/// the first of all: the city may give an association what it did not ask for.
#[must_use]
pub fn request_for(
    application: ApplicationId,
    requests: &[Request],
    history: &History,
    kind: DeviceKind,
) -> Option<Counted> {
    let all = || {
        requests.iter().zip(1..).map(|(request, number)| {
            let received = history.get(&(application, number));
            let counted = Counted {
                request: number,
                asked: request.quantity,
                received: received
                    .map_or(0, |(_, count)| i64::try_from(*count).unwrap_or(i64::MAX)),
            };
            let asks = request.kind == kind || request.accepts.contains(&kind);
            (counted, asks)
        })
    };
    let open = all().find(|(it, asks)| *asks && it.received < it.asked);
    let kind = || all().find(|(_, asks)| *asks);
    open.or_else(kind)
        .or_else(|| all().next())
        .map(|(counted, _)| counted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_counts_where_it_is_asked_for_and_still_owed() {
        use DeviceKind::{Desktop, Laptop, Monitor};
        let application: ApplicationId = "0190a000-0000-7000-8000-000000000000".parse().unwrap();
        let request = |kind, quantity, accepts: &[DeviceKind]| Request {
            kind,
            quantity,
            accepts: accepts.to_vec(),
        };
        let requests = [
            request(Laptop, 2, &[]),
            request(Desktop, 3, &[]),
            request(Laptop, 1, &[Desktop]),
        ];
        let mut history = History::new();
        let of = |history: &History, kind| {
            let found = request_for(application, &requests, history, kind).unwrap();
            (found.request, found.received)
        };
        assert_eq!(of(&history, Desktop), (2, 0));
        history.insert((application, 2), (Desktop, 3));
        assert_eq!(of(&history, Desktop), (3, 0), "another that accepts it");
        history.insert((application, 3), (Desktop, 1));
        assert_eq!(of(&history, Desktop), (2, 3), "more than was asked");
        assert_eq!(of(&history, Monitor), (1, 0), "not asked for at all");
        assert_eq!(request_for(application, &[], &history, Desktop), None);
    }
}
