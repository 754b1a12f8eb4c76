//! TLS: rustls with the ring provider, handed over explicitly so that no process-wide provider is installed.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};
use crate::status::Status;

/// The configuration for one client: TLS 1.2 and 1.3, the platform's trust and what the caller adds.
///
/// A client that speaks plain HTTP to loopback gets an empty trust store, so that it also works on a machine that has no
/// certificates at all.
pub(crate) fn config(secure: bool, ca_pem: Option<&str>) -> Result<ClientConfig> {
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
    let extra = ca_pem.map(certificates).transpose()?.unwrap_or_default();
    let verifier = verifier(extra, provider).map_err(|error| {
        failed(format!(
            "{error}; install the system's CA certificates (package ca-certificates) or name some"
        ))
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

/// The certificates of a PEM text; at least one, and never fewer than it begins.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let bad = |why: &str| Error::invalid_argument(format!("the CA certificates were refused: {why}"));
    if pem.contains("-\0-\0") {
        return Err(bad("the text is UTF-16; save it as ASCII or UTF-8"));
    }
    // OpenSSL takes these as well: other labels, an editor's mark, and two certificates without a line end between them.
    let pem = pem
        .trim_start_matches('\u{feff}')
        .replace("----------", "-----\n-----");
    let pem = ["TRUSTED ", "X509 "].iter().fold(pem, |pem, label| {
        pem.replace(&format!("{label}CERTIFICATE-----"), "CERTIFICATE-----")
    });
    let begun = pem.matches("-----BEGIN CERTIFICATE-----").count();
    if begun == 0
        && pem.contains(|letter: char| letter == '\u{fffd}' || letter.is_control() && !letter.is_whitespace())
    {
        return Err(bad(
            "this is no text but perhaps DER; export the certificate as Base-64 (PEM)",
        ));
    }
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| bad(&error.to_string()))?;
    if found.is_empty() {
        return Err(bad("the text holds no PEM certificate"));
    }
    if found.len() != begun {
        return Err(bad(&format!(
            "it begins {begun} certificates, but only {} can be read",
            found.len()
        )));
    }
    let mut store = RootCertStore::empty();
    let mut whole = Vec::new();
    for certificate in &found {
        let certificate = without_trust_settings(certificate);
        store
            .add(certificate.clone())
            .map_err(|error| bad(&error.to_string()))?;
        whole.push(certificate);
    }
    Ok(whole)
}

/// The certificate alone: behind it a trusted one of OpenSSL has what it is trusted for. Its length stands in the header of its
/// outermost sequence (X.690, 8.1.3).
fn without_trust_settings(certificate: &CertificateDer<'static>) -> CertificateDer<'static> {
    let length = match certificate.as_ref() {
        [0x30, length @ 0..=0x7f, ..] => Some(2 + usize::from(*length)),
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([*high, *low]))),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(*length)),
        _ => None,
    };
    match length.and_then(|length| certificate.get(..length)) {
        Some(whole) => CertificateDer::from(whole.to_vec()),
        None => certificate.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority() -> std::result::Result<rcgen::Certificate, rcgen::Error> {
        let mut parameters = rcgen::CertificateParams::default();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.self_signed(&rcgen::KeyPair::generate()?)
    }

    /// PEM of bytes under a label.
    fn pem(label: &str, der: &[u8]) -> String {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----",
            lines.join("\n")
        )
    }

    #[test]
    fn every_certificate_of_a_bundle_is_read() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let (one, other) = (authority()?, authority()?);
        let (one, other) = (one.der().to_vec(), other.der().to_vec());
        let plain = |der: &[u8]| pem("CERTIFICATE", der);
        let mut trusted = one.clone();
        trusted.extend([0x30, 0x03, 0x30, 0x01, 0x00]);
        for (text, count) in [
            (plain(&one), 1),
            (format!("{}\n{}\n", plain(&one), plain(&other)), 2),
            (format!("{}{}", plain(&one), plain(&other)), 2),
            (format!("\u{feff}{}", plain(&one)), 1),
            (plain(&one).replace('\n', "\r\n"), 1),
            (
                format!(
                    "subject=/CN=one\n{}\nsubject=/CN=other\n{}",
                    plain(&one),
                    plain(&other)
                ),
                2,
            ),
            (pem("TRUSTED CERTIFICATE", &trusted), 1),
            (pem("X509 CERTIFICATE", &one), 1),
        ] {
            let found = certificates(&text)?;
            assert_eq!(found.len(), count, "{text}");
            assert_eq!(found[0].as_ref(), one.as_slice());
        }
        let half = plain(&other).replace("-----END CERTIFICATE-----", "");
        for (text, why) in [
            (format!("{half}\n{}", plain(&one)), "certificate"),
            (format!("{}\n{half}", plain(&one)), "certificate"),
            (String::from_utf8_lossy(&one).into_owned(), "Base-64"),
            ("-\0-\0-\0".to_owned(), "UTF-16"),
            ("nothing".to_owned(), "no PEM certificate"),
        ] {
            let refused = certificates(&text).err().ok_or("taken")?;
            assert!(refused.message.contains(why), "{}", refused.message);
        }
        Ok(())
    }
}
