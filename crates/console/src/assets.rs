//! Style sheets and scripts: embedded, compressed once at the start, and served under a name that
//! changes with their content, so that browsers keep them for good.

use std::io::Write as _;

use ::web::ApiResult;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::Code;
use sha2::{Digest, Sha256};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One file.
pub(crate) struct Asset {
    name: String,
    /// Its name with a digest of its content.
    versioned: String,
    plain: web::Bytes,
    gzip: web::Bytes,
}

/// Every file.
pub(crate) struct Assets(Vec<Asset>);

impl Assets {
    /// Compresses every file, those of the city among them.
    ///
    /// # Errors
    /// When a file cannot be compressed, which memory alone can cause.
    pub(crate) fn load(own: Vec<(&'static str, Vec<u8>)>) -> Result<Self, String> {
        let ours = ASSETS
            .iter()
            .map(|(name, content)| (*name, web::Bytes::from_static(content)));
        let own = own
            .into_iter()
            .map(|(name, content)| (name, content.into()));
        ours.chain(own)
            .map(|(name, content)| Asset::new(name, content).map_err(|cause| cause.to_string()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Where a file is served; none when there is no such file.
    pub(crate) fn url(&self, name: &str) -> Option<String> {
        let asset = self.0.iter().find(|asset| asset.name == name)?;
        Some(format!("/assets/{}", asset.versioned))
    }

    /// Answers with a file: kept for good under its versioned name, asked for anew under its own.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn answer(&self, request: &HttpRequest, name: &str) -> ApiResult<HttpResponse> {
        let (asset, versioned) = self.find(name).ok_or(Code::NotFound)?;
        let accepts = request
            .headers()
            .get(ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|accepted| accepted.contains("gzip"));
        let mut response = HttpResponse::build(StatusCode::OK);
        response.insert_header((CONTENT_TYPE, asset.content_type()));
        response.insert_header((VARY, "accept-encoding"));
        response.insert_header((
            CACHE_CONTROL,
            if versioned {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            },
        ));
        if accepts {
            response.insert_header((CONTENT_ENCODING, "gzip"));
            return Ok(response.body(asset.gzip.clone()));
        }
        Ok(response.body(asset.plain.clone()))
    }

    fn find(&self, name: &str) -> Option<(&Asset, bool)> {
        self.0.iter().find_map(|asset| {
            let versioned = asset.versioned == name;
            (versioned || asset.name == name).then_some((asset, versioned))
        })
    }
}

impl Asset {
    fn new(name: &str, content: web::Bytes) -> std::io::Result<Self> {
        let digest = Sha256::digest(&content);
        let digest: String = digest.iter().take(5).map(|b| format!("{b:02x}")).collect();
        let versioned = match name.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem}-{digest}.{ending}"),
            None => format!("{name}-{digest}"),
        };
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&content)?;
        Ok(Self {
            name: name.to_owned(),
            versioned,
            plain: content,
            gzip: gzip.finish()?.into(),
        })
    }

    fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("ico") => "image/x-icon",
            Some("webmanifest") => "application/manifest+json",
            _ => "application/octet-stream",
        }
    }
}
