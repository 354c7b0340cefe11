//! The PostgreSQL that takes the writes is killed, and its standby takes its place: what was
//! acknowledged is there, and work goes on by itself.

use crate::support::load::{Client, Load, dock, verify};
use crate::support::trouble::{is_unavailable, list, post, until};
use crate::support::{Cast, Postgres, Server, folder, ressac, succeeds};

/// While neither takes writes: who asks is told so.
fn is_away(server: &Server, cast: &Cast) {
    let address = &server.address;
    is_unavailable(&until(503, || Some(server.get("/health/ready"))));
    for n in 0..4 {
        is_unavailable(&post(cast, address, &format!("away {n}")).unwrap());
        is_unavailable(&list(cast, address));
    }
    assert_eq!(server.get("/health/live").status, 200);
}

#[test]
fn a_standby_takes_over_and_nothing_acknowledged_is_lost() {
    let Some(mut pair) = Postgres::pair() else {
        return;
    };
    let folder = folder("standby");
    let url = pair.url.clone();
    let cast = Cast::join(&url);
    let server = Server::start(ressac(&folder, &url).env("RESSAC__LOG__LEVEL", "error"));
    let address = server.address.clone();
    let tags = dock(&server, &cast);
    let clients = Client::all();
    let load = Load::on(&address, &cast, &tags);
    load.during(&clients, || {
        load.goes_on();
        pair.tell("kill");
        is_away(&server, &cast);
        pair.tell("promote");
        for n in 0..4 {
            until(201, || post(&cast, &address, &format!("away {n}")));
        }
        until(200, || Some(server.get("/health/ready")));
        load.goes_on();
    });
    verify(&url, &clients);
    server.kill();
    succeeds(&folder, &url, &["audit", "verify"]);
    succeeds(&folder, &url, &["check"]);
}
