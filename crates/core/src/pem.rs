//! Parses certificate authorities in PEM (RFC 7468) as OpenSSL does. A certificate that begins but cannot be read is an
//! error.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::error::{Error, Result};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The labels of a certificate. After a trusted certificate OpenSSL writes the purposes that it is trusted for.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// The certificates of a PEM text; at least one.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let bad = |why: &str| Error::invalid_argument(format!("the CA certificates were refused: {why}"));
    let mut found = Vec::new();
    let mut store = RootCertStore::empty();
    for block in blocks(pem).map_err(|why| bad(&why))? {
        let number = found.len() + 1;
        let certificate = decoded(block)
            .ok_or_else(|| bad(&format!("certificate {number} is damaged; copy the whole file")))?;
        store
            .add(certificate.clone())
            .map_err(|error| bad(&format!("certificate {number}: {error}")))?;
        found.push(certificate);
    }
    if found.is_empty() {
        return Err(bad(missing(pem)));
    }
    Ok(found)
}

/// The text between the BEGIN and END lines of each certificate. Other kinds, such as keys, and all text between them are
/// left out.
fn blocks(pem: &str) -> std::result::Result<Vec<&str>, String> {
    let mut blocks = Vec::new();
    let mut rest = pem;
    while let Some((before, after)) = rest.split_once("-----BEGIN ") {
        begins_none(before)?;
        let (label, after) = after
            .split_once("-----")
            .ok_or("a BEGIN line does not end with -----")?;
        let (body, after) = after
            .split_once(&format!("-----END {label}-----"))
            .filter(|(body, _)| !body.contains("-----"))
            .ok_or_else(|| {
                let label: String = label.chars().take(40).flat_map(char::escape_debug).collect();
                format!("a `BEGIN {label}` has no `END` of its own; copy the whole file")
            })?;
        if LABELS.contains(&label) {
            blocks.push(body);
        }
        rest = after;
    }
    begins_none(rest)?;
    Ok(blocks)
}

/// Refuses a BEGIN line with too few hyphens, or with the dashes of a word processor.
fn begins_none(text: &str) -> std::result::Result<(), String> {
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}');
    let upper = text.to_uppercase();
    let is_begun = upper.match_indices("BEGIN").any(|(at, word)| {
        let label = upper[at + word.len()..].trim_start();
        upper[..at].trim_end_matches([' ', '\t']).ends_with(is_dash)
            && LABELS.iter().any(|known| label.starts_with(known))
            && !label.starts_with("CERTIFICATE REQUEST")
    });
    if is_begun {
        return Err("a BEGIN line cannot be read; it must be `-----BEGIN CERTIFICATE-----`, with five hyphens on each side".to_owned());
    }
    Ok(())
}

/// Why a text contains no certificate.
fn missing(text: &str) -> &'static str {
    // A C string ends at the first NUL.
    let start = text.trim_start_matches(['\u{fffd}', '\u{feff}', '\0']);
    if start == "-" || start.starts_with("-\0") || start.starts_with("-\u{fffd}-") {
        return "the text is UTF-16; save it as ASCII or UTF-8";
    }
    let is_binary = |c: char| c == '\u{fffd}' || c.is_control() && !c.is_whitespace();
    if text.contains(is_binary) {
        return "this is not text but perhaps DER; export the certificate as Base-64 (PEM)";
    }
    "the text contains no PEM certificate; export it as Base-64, which begins with `-----BEGIN CERTIFICATE-----`"
}

fn decoded(body: &str) -> Option<CertificateDer<'static>> {
    let text: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let mut der = BASE64.decode(text).ok()?;
    der.truncate(length(&der)?);
    Some(CertificateDer::from(der))
}

/// The length of the certificate itself, from the header of its outermost sequence (X.690, 8.1.3).
fn length(der: &[u8]) -> Option<usize> {
    let length = match der {
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(*length),
        [0x30, 0x81, length, ..] => 3 + usize::from(*length),
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    (length <= der.len()).then_some(length)
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
            (format!("{}\u{feff}{}", plain(&one), plain(&other)), 2),
            (format!("\u{feff}{}\n\u{feff}{}", plain(&one), plain(&other)), 2),
            (format!("# first {}# second {}", plain(&one), plain(&other)), 2),
            (plain(&one).replace('\n', "\n  "), 1),
            (plain(&one).replace('\n', "\r"), 1),
            (format!("{}\n{}", plain(&one), pem("PRIVATE KEY", b"x")), 1),
            (
                format!("{}\n{}", pem("CERTIFICATE REQUEST", b"x"), plain(&one)),
                1,
            ),
        ] {
            let found = certificates(&text)?;
            assert_eq!(found.len(), count, "{text}");
            assert_eq!(found[0].as_ref(), one.as_slice());
        }
        let with_other =
            |change: &dyn Fn(&str) -> String| format!("{}\n{}\n", plain(&one), change(&plain(&other)));
        let half = plain(&other).replace("-----END CERTIFICATE-----", "");
        for (text, why) in [
            (format!("{half}\n{}", plain(&one)), "has no `END`"),
            (format!("{}\n{half}", plain(&one)), "has no `END`"),
            (
                with_other(&|text| text.replacen("-----B", "----B", 1)),
                "five hyphens",
            ),
            (
                with_other(&|text| text.replace("-----B", "\u{2014}\u{2014}B")),
                "five hyphens",
            ),
            (with_other(&|text| text.replace("BEGIN", "begin")), "five hyphens"),
            (
                with_other(&|text| text.replace("E-----\n", "E----\n")),
                "has no `END`",
            ),
            (
                with_other(&|text| text.replace("END CERTIFICATE-----", "END CERTIFICATE")),
                "has no `END`",
            ),
            (
                with_other(&|text| text.replacen("END C", "END TRUSTED C", 1)),
                "has no `END`",
            ),
            (
                with_other(&|text| text.replacen('M', "?", 1)),
                "certificate 2 is damaged",
            ),
            (
                with_other(&|text| text.replacen('\n', "\n\n", 1).replacen("\nM", "\nMIIB", 1)),
                "certificate 2",
            ),
            (
                with_other(&|text| text.replace('\n', "\\n")),
                "certificate 2 is damaged",
            ),
            (
                pem("CERTIFICATE", &other[..other.len() - 20]),
                "certificate 1 is damaged",
            ),
            (pem("PKCS7", &other), "Base-64"),
            ("-\0-\0-\0-\0-\0B\0".to_owned(), "UTF-16"),
            (String::from_utf8_lossy(&one).into_owned(), "Base-64"),
            ("-\0-\0-\0".to_owned(), "UTF-16"),
            ("\u{fffd}\u{fffd}-".to_owned(), "UTF-16"),
            ("\0-\0-\0-".to_owned(), "UTF-16"),
            ("-\u{fffd}-\u{fffd}-\u{fffd}".to_owned(), "UTF-16"),
            ("nothing".to_owned(), "no PEM certificate"),
        ] {
            let refused = certificates(&text).err().ok_or("taken")?;
            assert!(refused.message.contains(why), "{}", refused.message);
        }
        Ok(())
    }
}
