//! The peers: TLS servers in front of the emulator, and proxies.

use std::fs::File;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::tools::{Result, command};

/// How long a peer may take to start.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `socat` on a port of its own.
pub(super) struct Server {
    port: String,
    _running: Running,
}

impl Server {
    /// Accepts TLS, with a certificate and further options of socat, and forwards to the emulator.
    pub(super) fn tls(folder: &Path, certificate: &str, options: &str, emulator: u16) -> Result<Self> {
        let file = |extension| {
            folder
                .join(format!("{certificate}.{extension}"))
                .display()
                .to_string()
        };
        Self::start(
            &format!(
                "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=0,cert={},key={}{options}",
                file("pem"),
                file("key")
            ),
            &format!("TCP:127.0.0.1:{emulator}"),
        )
    }

    /// Sends first, and without TLS, as servers of other protocols do.
    pub(super) fn greeting(words: &str) -> Result<Self> {
        Self::start(
            "TCP-LISTEN:0,bind=127.0.0.1,fork",
            &format!("SYSTEM:echo {words}; cat >/dev/null"),
        )
    }

    fn start(from: &str, to: &str) -> Result<Self> {
        let mut child = command("socat")
            .args(["-d", "-d", from, to])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = child.stderr.take().ok_or("no standard error")?;
        let running = Running(child);
        // The port is in its log, which has to be read to the end.
        let (sender, port) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(std::result::Result::ok) {
                if let Some((_, address)) = line.split_once(" listening on ") {
                    let _ = sender.send(address.rsplit(':').next().unwrap_or_default().to_owned());
                }
            }
        });
        let port = port
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("socat does not listen: {from}"))?;
        Ok(Self {
            port,
            _running: running,
        })
    }

    pub(super) fn port(&self) -> String {
        self.port.clone()
    }
}

/// `tinyproxy` on a port of its own.
pub(super) struct Proxy {
    port: u16,
    log: PathBuf,
    _running: Running,
}

impl Proxy {
    /// `rule` is a line of its configuration.
    pub(super) fn start(folder: &Path, name: &str, rule: &str) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = folder.join(format!("proxy_{name}.log"));
        let configuration = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Connect\nLogFile \"{}\"\n{rule}\n",
            log.display()
        );
        File::create(&log)?;
        // By standard input, so that no file has the password.
        let mut child = command("tinyproxy")
            .args(["-d", "-c", "/dev/stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take();
        let running = Running(child);
        input
            .ok_or("no standard input")?
            .write_all(configuration.as_bytes())?;
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > end {
                return Err(format!("tinyproxy does not listen; {} says why", log.display()).into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(Self {
            port,
            log,
            _running: running,
        })
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.log.clone()
    }
}
