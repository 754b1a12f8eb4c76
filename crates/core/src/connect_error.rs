//! Why no connection could be made, what to do next, and whether another attempt can help.

use std::error::Error as StdError;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError, Error as Tls};

use crate::explain::in_words;

/// Why nothing was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) why: String,
    /// Whether another attempt cannot help.
    pub(crate) permanent: bool,
}

/// Finds the reason in an error and its sources, outermost first.
pub(crate) fn reason<'a>(causes: impl Iterator<Item = &'a (dyn StdError + 'static)>) -> Reason {
    let permanent = |why: String| Reason { why, permanent: true };
    let mut proxy = false;
    let mut innermost = String::new();
    for cause in causes {
        if let Some(error) = cause.downcast_ref::<Tls>() {
            return permanent(tls(error, if proxy { "the proxy" } else { "the server" }));
        }
        innermost = cause.to_string();
        // hyper-util hides the type of these errors and the proxy's status, except for 407. They are not tried again: a
        // proxy that counts wrong passwords would lock the account.
        match innermost.as_str() {
            "tunnel error: proxy authorization required" => {
                return permanent("the proxy requires a valid user name and password (HTTP 407); put them into the proxy's URL".to_owned());
            }
            "tunnel error: unsuccessful" => {
                return permanent("the proxy did not connect to the service; its log says why: check the user name and password in its URL, or ask its administrator to allow the connection".to_owned());
            }
            text => proxy |= text.starts_with("tunnel error: "),
        }
    }
    let why = if proxy {
        format!("the proxy could not be used: {innermost}")
    } else {
        innermost
    };
    Reason {
        why,
        permanent: false,
    }
}

fn tls(error: &Tls, peer: &str) -> String {
    match error {
        Tls::InvalidCertificate(error) => certificate(error, peer),
        Tls::AlertReceived(AlertDescription::ProtocolVersion) | Tls::PeerIncompatible(_) => {
            format!(
                "{peer} does not offer a version of TLS that is safe enough; it must support TLS 1.2 or 1.3 ({error})"
            )
        }
        Tls::InvalidMessage(_) => {
            format!("{peer} does not speak TLS at this port; check scheme and port of its URL")
        }
        other => format!("TLS with {peer} failed: {other}"),
    }
}

fn certificate(error: &CertificateError, peer: &str) -> String {
    match error {
        CertificateError::ExpiredContext { time, not_after } => {
            let ago = time.as_secs().saturating_sub(not_after.as_secs());
            let ago = in_words(Duration::from_secs(ago));
            format!(
                "the certificate of {peer} expired {ago} ago; check this machine's clock; if it is right, have the certificate renewed"
            )
        }
        CertificateError::Expired => format!(
            "the certificate of {peer} has expired; check this machine's clock; if it is right, have the certificate renewed"
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {peer} is not valid yet; check this machine's clock")
        }
        CertificateError::NotValidForNameContext { expected, presented } => format!(
            "the certificate of {peer} is for {}, not for {}; check the endpoint, or look for a proxy that answers in its place",
            names(presented),
            expected.to_str()
        ),
        CertificateError::NotValidForName => format!(
            "the certificate of {peer} is for another name; check the endpoint, or look for a proxy that answers in its place"
        ),
        other if *other == CertificateError::UnknownIssuer || is_own_issuer(other) => format!(
            "the certificate of {peer} comes from an authority that this machine does not trust; if it is your organisation's own, or inspects TLS for it, pass its CA certificate to the client or add it to the platform's"
        ),
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: id,
            ..
        }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: id,
            ..
        } => unsupported(peer, &algorithm(id)),
        CertificateError::BadSignature => unsupported(
            peer,
            "a key that is too short, such as RSA with 1024 bits, or a damaged one",
        ),
        other if other.to_string().contains("UnsupportedCriticalExtension") => format!(
            "the certificate of {peer} has a critical extension that this library does not support, such as a policy constraint; ask for a certificate without it"
        ),
        other => format!("the certificate of {peer} was refused: {other}"),
    }
}

/// ring and webpki support these algorithms only (<https://docs.rs/rustls-webpki>): RSA from 2048 bits, ECDSA with P-256
/// and SHA-256 or P-384 and SHA-384, Ed25519.
fn unsupported(peer: &str, how: &str) -> String {
    format!(
        "the certificate of {peer}, or of an authority above it, is signed in a way that this library does not support ({how}); ask for one signed by RSA of at least 2048 bits, ECDSA P-256 with SHA-256 or P-384 with SHA-384, or Ed25519"
    )
}

/// The name of a signature algorithm, by its object identifier in DER (RFC 5758, RFC 8017).
fn algorithm(id: &[u8]) -> String {
    // Some identifiers come with their DER header.
    let id = match id {
        [6, length, rest @ ..] if usize::from(*length) == rest.len() => rest,
        id => id,
    };
    match id {
        [42, 134, 72, 206, 61, 4, 1] => "ECDSA with SHA-1",
        [42, 134, 72, 206, 61, 4, 3, 1] => "ECDSA with SHA-224",
        [42, 134, 72, 206, 61, 4, 3, 2] => "ECDSA with SHA-256 on another curve",
        [42, 134, 72, 206, 61, 4, 3, 3] => "ECDSA with SHA-384 on another curve",
        [42, 134, 72, 206, 61, 4, 3, 4] => "ECDSA with SHA-512",
        [42, 134, 72, 134, 247, 13, 1, 1, 4] => "RSA with MD5",
        [42, 134, 72, 134, 247, 13, 1, 1, 5] => "RSA with SHA-1",
        [43, 101, 113] => "Ed448",
        _ => "an algorithm of another kind",
    }
    .to_owned()
}

/// Whether a certificate is its own issuer, as `openssl req -x509` makes it. rustls passes this error on from webpki
/// without a type of its own.
fn is_own_issuer(error: &CertificateError) -> bool {
    matches!(error, CertificateError::Other(_)) && error.to_string().contains("CaUsedAsEndEntity")
}

/// The names of a certificate, which rustls gives as `DnsName("a.example")`.
fn names(presented: &[String]) -> String {
    let name = |text: &String| match text.split('"').nth(1) {
        Some(name) => name.to_owned(),
        None => text.clone(),
    };
    match presented {
        [] => "no name".to_owned(),
        some => some.iter().take(3).map(name).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason_of(error: &(dyn StdError + 'static)) -> Reason {
        reason(std::iter::once(error))
    }

    #[test]
    fn names_of_a_certificate_are_shown_without_their_wrapping() {
        let of = |texts: &[&str]| names(&texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&[]), "no name");
        assert_eq!(
            of(&["DnsName(\"a.example\")", "IpAddress(127.0.0.1)"]),
            "a.example, IpAddress(127.0.0.1)"
        );
        assert_eq!(of(&["DnsName(\"a\\nb\")"]), "a\\nb");
        assert_eq!(of(&["a", "b", "c", "d"]), "a, b, c");
    }

    #[test]
    fn an_unsupported_signature_is_named_in_one_sentence() {
        for (id, name) in [
            (vec![6, 8, 42, 134, 72, 206, 61, 4, 3, 4], "ECDSA with SHA-512"),
            (vec![42, 134, 72, 206, 61, 4, 3, 4], "ECDSA with SHA-512"),
            (vec![42, 134, 72, 134, 247, 13, 1, 1, 5], "RSA with SHA-1"),
            (vec![1, 2, 3], "an algorithm of another kind"),
        ] {
            let error = CertificateError::UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: id,
                supported_algorithms: Vec::new(),
            };
            let why = reason_of(&Tls::InvalidCertificate(error)).why;
            assert!(
                why.contains(&format!("does not support ({name})")) && why.len() < 400,
                "{why}"
            );
        }
        let short = reason_of(&Tls::InvalidCertificate(CertificateError::BadSignature)).why;
        assert!(short.contains("RSA with 1024 bits"), "{short}");
    }

    #[test]
    fn a_failure_of_tls_is_final_and_one_of_the_network_is_not() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(
            reason_of(&refused),
            Reason {
                why: "connection refused".to_owned(),
                permanent: false
            }
        );
        for error in [
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::UnknownIssuer,
            CertificateError::NotValidForName,
            CertificateError::Revoked,
        ] {
            let reason = reason_of(&Tls::InvalidCertificate(error));
            assert!(
                reason.permanent && reason.why.contains("the certificate of the server"),
                "{reason:?}"
            );
        }
    }
}
