//! A plain TCP balancer: it knows nothing of HTTP, and gives each connection to the next node
//! that takes it.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;

/// Where clients connect to.
pub struct Balancer {
    pub address: String,
}

impl Balancer {
    pub fn over(nodes: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let nodes = Arc::new(nodes);
        std::thread::spawn(move || {
            for (turn, client) in listener.incoming().flatten().enumerate() {
                let nodes = Arc::clone(&nodes);
                std::thread::spawn(move || forward(&client, &nodes, turn));
            }
        });
        Self { address }
    }
}

fn forward(client: &TcpStream, nodes: &[String], turn: usize) {
    let in_turn = (0..nodes.len()).map(|n| &nodes[(turn + n) % nodes.len()]);
    let Some(node) = in_turn
        .filter_map(|node| TcpStream::connect(node).ok())
        .next()
    else {
        return;
    };
    let _ = node.set_nodelay(true);
    let _ = client.set_nodelay(true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = copy(&mut &*client, &mut &node);
            let _ = node.shutdown(Shutdown::Write);
        });
        let _ = copy(&mut &node, &mut &*client);
        let _ = client.shutdown(Shutdown::Both);
        let _ = node.shutdown(Shutdown::Both);
    });
}
