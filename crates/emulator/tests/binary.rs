//! The program: its ready line, its flags, its end; and TLS.

mod common;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;

use common::{ADELE, GOOD, Outcome, retire_request};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_graph-emulator");

/// Starts the program, lets `talk` use its ready line, closes its stdin and gives its stderr.
fn run(flags: &[&str], talk: impl FnOnce(&Value) -> Outcome) -> Result<String, Box<dyn Error>> {
    let mut child = Command::new(BINARY)
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdout = BufReader::new(child.stdout.take().ok_or("no stdout")?);
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let outcome = serde_json::from_str(&line)
        .map_err(Into::into)
        .and_then(|ready| talk(&ready));
    drop(child.stdin.take());
    let output = child.wait_with_output()?;
    outcome?;
    assert!(output.status.success());
    assert_eq!(stdout.lines().count(), 0, "one line on stdout");
    Ok(String::from_utf8(output.stderr)?)
}

#[test]
fn it_prints_its_endpoint_and_ends_with_stdin() -> Outcome {
    let log = run(&["--port", "0", "--stdin-guard"], |ready| {
        assert_eq!(ready["event"], "ready");
        assert_eq!(ready.get("ca_pem"), None);
        let endpoint = ready["endpoint"].as_str().ok_or("no endpoint")?;
        let mut stream = TcpStream::connect(endpoint.trim_start_matches("http://"))?;
        stream.write_all(retire_request(ADELE, GOOD, "Connection: close\r\n").as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        assert!(text.starts_with("HTTP/1.1 204 "));
        Ok(())
    })?;
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.contains("token=good") && log.contains("-> 204 acted") && !log.contains(GOOD),
        "{log}"
    );
    Ok(())
}

#[test]
fn with_tls_it_prints_its_certificate_authority() -> Outcome {
    run(&["--tls", "--port=0", "--stdin-guard"], |ready| {
        let endpoint = ready["endpoint"].as_str().ok_or("no endpoint")?;
        let address = endpoint.strip_prefix("https://").ok_or("not https")?;
        let ca = CertificateDer::from_pem_slice(ready["ca_pem"].as_str().ok_or("no CA")?.as_bytes())?;
        let mut roots = RootCertStore::empty();
        roots.add(ca)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let config = Arc::new(config);
        for name in ["localhost", "127.0.0.1"] {
            let connection = ClientConnection::new(Arc::clone(&config), ServerName::try_from(name)?)?;
            let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
            stream.write_all(retire_request(ADELE, GOOD, "").as_bytes())?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            assert_eq!(&status, b"HTTP/1.1 204");
        }
        Ok(())
    })?;
    Ok(())
}

#[test]
fn flags_are_explained_and_unknown_ones_refused() -> Outcome {
    let help = Command::new(BINARY).arg("--help").output()?;
    assert!(help.status.success() && String::from_utf8(help.stdout)?.contains("--stdin-guard"));
    let version = Command::new(BINARY).arg("--version").output()?;
    assert_eq!(
        String::from_utf8(version.stdout)?,
        format!("graph-emulator {}\n", env!("CARGO_PKG_VERSION"))
    );
    for (flags, message) in [
        (&["--prot", "0"][..], "unknown argument '--prot'"),
        (&["--port", "70000"], "not '70000'"),
        (&["--port"], "--port needs a number"),
    ] {
        let refused = Command::new(BINARY).args(flags).output()?;
        assert_eq!(refused.status.code(), Some(2), "{flags:?}");
        assert!(String::from_utf8(refused.stderr)?.contains(message), "{flags:?}");
        assert!(refused.stdout.is_empty());
    }
    Ok(())
}

#[test]
fn a_port_in_use_is_an_error() -> Outcome {
    run(&["--stdin-guard"], |ready| {
        let endpoint = ready["endpoint"].as_str().ok_or("no endpoint")?;
        let port = endpoint.rsplit(':').next().ok_or("no port")?;
        let second = Command::new(BINARY)
            .args(["--port", port])
            .stdin(Stdio::null())
            .output()?;
        assert_eq!(second.status.code(), Some(1));
        assert!(String::from_utf8(second.stderr)?.starts_with("graph-emulator: "));
        Ok(())
    })?;
    Ok(())
}
