//! Certificates for servers of the tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A file among the certificates of the tests.
pub fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/certificates")
        .join(format!("{name}.pem"))
}

/// A server that shows this certificate.
pub fn acceptor(name: &str) -> TlsAcceptor {
    let shown = CertificateDer::from_pem_file(certificate(name)).expect("certificate");
    let key = certificate(name).with_extension("key");
    let key = PrivateKeyDer::from_pem_file(key).expect("key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![shown], key)
        .expect("a certificate and its key");
    TlsAcceptor::from(Arc::new(config))
}
