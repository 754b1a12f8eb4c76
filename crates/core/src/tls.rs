//! TLS: rustls with the ring provider, passed explicitly so that no process-wide provider is installed.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};
use crate::pem::certificates;
use crate::status::Status;

/// The configuration for one client: TLS 1.2 and 1.3, the platform's certificates and those that the caller adds.
///
/// A client that speaks plain HTTP to loopback gets an empty trust store, so that it also works on a machine that has no
/// certificates at all.
pub(crate) fn config(secure: bool, ca_certificates: Option<&str>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let failed = |why: String| {
        Error::new(
            Status::ConnectionFailed,
            format!("TLS could not be set up: {why}"),
        )
    };
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    if !secure {
        return Ok(builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth());
    }
    let extra = ca_certificates.map(certificates).transpose()?.unwrap_or_default();
    let verifier = verifier(extra, provider).map_err(|error| match crate::pool::out_of_descriptors() {
        Some(why) => crate::pool::cannot_start(&why.to_string()),
        None => failed(format!(
            "{error}; install the system's CA certificates (package ca-certificates) or name some"
        )),
    })?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

#[cfg(not(target_os = "android"))]
fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> std::result::Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(extra, provider)
}

#[cfg(target_os = "android")]
fn verifier(
    _extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> std::result::Result<Verifier, rustls::Error> {
    Verifier::new(provider)
}
