//! Certificates, made on the fly by the `openssl` command.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{Result, command, output};

const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// In a folder, as `NAME.pem` and `NAME.key`: `ca` and `other_ca`; by `ca` for localhost `right`, `expired` and `early`, and
/// `other_name` for another host; `self_signed` by itself.
pub(super) struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    pub(super) fn make(folder: &Path) -> Result<Self> {
        let made = Self {
            folder: folder.to_path_buf(),
        };
        made.own("ca", "/CN=graph-devices test authority", &[])?;
        made.own("other_ca", "/CN=graph-devices other authority", &[])?;
        made.own(
            "self_signed",
            "/CN=localhost",
            &["-addext", "subjectAltName=DNS:localhost"],
        )?;
        fs::write(made.file("index"), "")?;
        fs::write(made.file("ca.conf"), made.configuration())?;
        let valid = ("20200101000000Z", "20990101000000Z");
        made.signed("right", "DNS:localhost,IP:127.0.0.1,IP:0.0.0.0", valid)?;
        made.signed("other_name", "DNS:graph.test.example", valid)?;
        made.signed("expired", "DNS:localhost", ("20200101000000Z", "20210101000000Z"))?;
        made.signed("early", "DNS:localhost", ("20980101000000Z", "20990101000000Z"))?;
        for (name, key, hash, more) in [
            ("sha_512", "ec_paramgen_curve:P-384", "-sha512", ""),
            ("p_521", "ec_paramgen_curve:P-521", "-sha384", ""),
            ("short_key", "rsa_keygen_bits:1024", "-sha256", ""),
            (
                "policy",
                "ec_paramgen_curve:P-256",
                "-sha256",
                "\npolicyConstraints=critical,requireExplicitPolicy:0",
            ),
        ] {
            made.unsupported(name, key, hash, more)?;
        }
        made.bundles()?;
        Ok(made)
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// `NAME` for localhost, by `NAME_ca` with this kind of key and hash; the authority's certificate has these extensions.
    fn unsupported(&self, name: &str, key: &str, hash: &str, more: &str) -> Result {
        let authority = format!("{name}_ca");
        let extensions = self.folder.join(format!("{name}.ext"));
        fs::write(
            &extensions,
            format!("subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE{more}\n"),
        )?;
        let kind = if key.starts_with("rsa") { "rsa" } else { "ec" };
        let mut openssl = command("openssl");
        openssl
            .args([
                "req",
                "-x509",
                "-days",
                "2",
                "-nodes",
                "-subj",
                "/CN=test authority",
            ])
            .args([hash, "-newkey", kind, "-pkeyopt", key])
            .arg("-keyout")
            .arg(self.file(&format!("{authority}.key")));
        output(openssl.arg("-out").arg(self.file(&format!("{authority}.pem"))))?;
        let request = self.file(&format!("{name}.request"));
        let mut openssl = command("openssl");
        openssl
            .args(["req", "-subj", "/CN=graph-devices test server"])
            .args(KEY)
            .arg("-keyout")
            .arg(self.file(&format!("{name}.key")));
        output(openssl.arg("-out").arg(&request))?;
        let mut openssl = command("openssl");
        openssl
            .args(["x509", "-req", "-days", "2", hash, "-CAcreateserial"])
            .arg("-CA")
            .arg(self.file(&format!("{authority}.pem")))
            .arg("-CAkey")
            .arg(self.file(&format!("{authority}.key")))
            .arg("-extfile")
            .arg(&extensions)
            .arg("-in")
            .arg(&request);
        output(openssl.arg("-out").arg(self.file(&format!("{name}.pem")))).map(drop)
    }

    /// `ca` as people come by it: joined to another, marked, with trust settings, in DER, and in half.
    fn bundles(&self) -> Result {
        let (ca, other) = (self.ca_text()?, fs::read_to_string(self.file("other_ca.pem"))?);
        fs::write(self.file("joined.pem"), format!("{}{ca}", other.trim_end()))?;
        fs::write(
            self.file("marked.pem"),
            format!("\u{feff}{}", ca.replace('\n', "\r\n")),
        )?;
        fs::write(
            self.file("half.pem"),
            ca.clone() + other.trim_end().trim_end_matches("-----END CERTIFICATE-----"),
        )?;
        for (name, options) in [
            ("trusted.pem", &["-trustout", "-addtrust", "serverAuth"][..]),
            ("ca.der", &["-outform", "DER"]),
        ] {
            let mut openssl = command("openssl");
            openssl
                .arg("x509")
                .args(options)
                .arg("-in")
                .arg(self.file("ca.pem"));
            output(openssl.arg("-out").arg(self.file(name)))?;
        }
        Ok(())
    }

    pub(super) fn ca_file(&self) -> String {
        self.file("ca.pem").display().to_string()
    }

    pub(super) fn ca_text(&self) -> Result<String> {
        Ok(fs::read_to_string(self.file("ca.pem"))?)
    }

    pub(super) fn other_ca_file(&self) -> String {
        self.file("other_ca.pem").display().to_string()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A certificate that vouches for itself.
    fn own(&self, name: &str, subject: &str, more: &[&str]) -> Result {
        let mut openssl = command("openssl");
        openssl
            .args(["req", "-x509", "-days", "2", "-subj", subject])
            .args(KEY)
            .args(more);
        openssl.arg("-keyout").arg(self.file(&format!("{name}.key")));
        output(openssl.arg("-out").arg(self.file(&format!("{name}.pem")))).map(drop)
    }

    /// A server's certificate by `ca`, for these names and this time.
    fn signed(&self, name: &str, names: &str, (from, to): (&str, &str)) -> Result {
        let request = self.file(&format!("{name}.request"));
        let mut openssl = command("openssl");
        openssl
            .args(["req", "-subj", "/CN=graph-devices test server"])
            .args(KEY)
            .args(["-addext", &format!("subjectAltName={names}")])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(self.file(&format!("{name}.key")));
        output(openssl.arg("-out").arg(&request))?;

        // Of openssl's commands only this one takes a day in the past.
        let mut openssl = command("openssl");
        openssl
            .args([
                "ca",
                "-batch",
                "-notext",
                "-startdate",
                from,
                "-enddate",
                to,
                "-config",
            ])
            .arg(self.file("ca.conf"))
            .arg("-in")
            .arg(&request);
        output(openssl.arg("-out").arg(self.file(&format!("{name}.pem")))).map(drop)
    }

    fn configuration(&self) -> String {
        let file = |name| self.file(name).display().to_string();
        format!(
            "[ca]\ndefault_ca = test\n[test]\ncertificate = {}\nprivate_key = {}\ndatabase = {}\nnew_certs_dir = {}\n\
             rand_serial = yes\nunique_subject = no\ndefault_md = sha256\ncopy_extensions = copy\npolicy = any\n\
             [any]\ncommonName = supplied\n",
            file("ca.pem"),
            file("ca.key"),
            file("index"),
            self.folder.display(),
        )
    }
}
