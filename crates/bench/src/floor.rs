//! What could at best be reached: actix-web that runs the bare query and answers the very bytes
//! that the server answered, as a process of its own.

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use actix_web::web::{Bytes, Data, Query};
use actix_web::{App, HttpResponse, HttpServer, web};
use db::Db;
use kernel::{Actor, DeviceId};
use serde::{Deserialize, Serialize};
use workshop::Stage;

use crate::bare::{self, Pool};
use crate::program::Server;

/// What the process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    pub url: String,
    pub email: String,
    pub stage: Stage,
    /// The device after which the deep page begins.
    pub deep: DeviceId,
}

/// Answers, by name.
pub type Bodies = HashMap<&'static str, Vec<u8>>;

/// The names of the answers.
const NAMES: [&str; 3] = ["device", "first", "deep"];

struct Floor {
    pool: Pool,
    asker: Actor,
    plan: Plan,
    bodies: HashMap<&'static str, Bytes>,
}

/// Starts it.
///
/// # Errors
/// When it does not start.
pub fn start(folder: &Path, plan: &Plan, bodies: &Bodies) -> Result<Server, String> {
    let folder = folder.join("floor");
    std::fs::create_dir_all(&folder).map_err(text)?;
    for (name, body) in bodies {
        std::fs::write(folder.join(name), body).map_err(text)?;
    }
    let json = serde_json::to_string(plan).map_err(text)?;
    std::fs::write(folder.join("plan.json"), json).map_err(text)?;
    let mut child = Command::new(std::env::current_exe().map_err(text)?)
        .arg("floor")
        .arg(&folder)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(text)?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        let mut output = std::io::BufReader::new(output);
        std::io::BufRead::read_line(&mut output, &mut line).map_err(text)?;
    }
    Ok(Server::of(child, line.trim().to_owned()))
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

/// The process itself.
///
/// # Errors
/// When it cannot start.
pub fn serve(folder: &Path) -> Result<(), String> {
    let json = std::fs::read(folder.join("plan.json")).map_err(text)?;
    let plan: Plan = serde_json::from_slice(&json).map_err(text)?;
    let pool = Pool::new(&plan.url);
    let asker = pool.with(|db| bare::asker(db, &plan.email))?;
    let body = |name| {
        let read = std::fs::read(folder.join(name));
        read.map(|body| (name, Bytes::from(body))).map_err(text)
    };
    let bodies = NAMES.into_iter().map(body).collect::<Result<_, _>>()?;
    let floor = Data::from(Arc::new(Floor {
        pool,
        asker,
        plan,
        bodies,
    }));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(text)?;
    println!("{}", listener.local_addr().map_err(text)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(floor.clone())
            .route("/bytes", web::get().to(bytes))
            .route("/device", web::get().to(device))
            .route("/first", web::get().to(first))
            .route("/deep", web::get().to(deep))
    });
    let server = server.listen(listener).map_err(text)?.run();
    actix_web::rt::System::new().block_on(server).map_err(text)
}

#[derive(Deserialize)]
struct Which {
    id: DeviceId,
}

async fn bytes(floor: Data<Floor>) -> HttpResponse {
    answer(&floor, "device")
}

async fn device(floor: Data<Floor>, Query(which): Query<Which>) -> HttpResponse {
    query(floor, "device", move |db, floor| {
        bare::device(db, &floor.asker, which.id).map(drop)
    })
    .await
}

async fn first(floor: Data<Floor>) -> HttpResponse {
    query(floor, "first", |db, floor| {
        bare::page(db, &floor.asker, floor.plan.stage, None).map(drop)
    })
    .await
}

async fn deep(floor: Data<Floor>) -> HttpResponse {
    query(floor, "deep", |db, floor| {
        bare::page(db, &floor.asker, floor.plan.stage, Some(floor.plan.deep)).map(drop)
    })
    .await
}

async fn query(
    floor: Data<Floor>,
    name: &'static str,
    work: impl FnOnce(&mut Db, &Floor) -> Result<(), String> + Send + 'static,
) -> HttpResponse {
    let own = floor.clone();
    let outcome = web::block(move || own.pool.with(|db| work(db, &own))).await;
    match outcome {
        Ok(Ok(())) => answer(&floor, name),
        Ok(Err(cause)) => HttpResponse::InternalServerError().body(cause),
        Err(cause) => HttpResponse::InternalServerError().body(cause.to_string()),
    }
}

fn answer(floor: &Floor, name: &str) -> HttpResponse {
    match floor.bodies.get(name).cloned() {
        Some(body) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body),
        None => HttpResponse::NotFound().finish(),
    }
}
