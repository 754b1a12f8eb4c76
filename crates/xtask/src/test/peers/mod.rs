//! The table of `tests/peers`: programs in every language, against TLS servers and proxies of other authors.
//!
//! `socat` is the TLS server, by OpenSSL, in front of the emulator; `tinyproxy` is the proxy. A client finds no way around it
//! to `0.0.0.0`, which is no loopback to the library, but leads nowhere else than to this machine.

mod certificates;
mod programs;

use certificates::Certificates;
use programs::{Proxy, Server};

use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::scenarios::{LANGUAGES, Stage, load, run_on};
use crate::tools::{Result, find, fresh, target};

/// A server that was never brought up to date. OpenSSL serves that only at its lowest security level.
const OLD: &str = ",min-version=TLS1.1,max-version=TLS1.1,cipher=DEFAULT@SECLEVEL=0";

/// OpenSSL serves a chain with a short key only at a low security level.
const SHORT: &str = ",cipher=DEFAULT@SECLEVEL=0";

pub(super) fn checks(suite: &mut Suite) -> Result {
    if !cfg!(target_os = "linux") {
        suite.skip("all", "0.0.0.0 leads to this machine on Linux only");
        return Ok(());
    }
    for tool in ["openssl", "socat", "tinyproxy"] {
        if find(tool).is_none() {
            suite.missing("all", tool);
            return Ok(());
        }
    }
    let templates = load("peers")?;
    emulator::build()?;
    let runners = super::scenarios::runners(suite, &LANGUAGES);

    let folder = target().join("peers");
    fresh(&folder)?;
    let made = Certificates::make(&folder)?;
    let emulator = Emulator::start("peers")?;
    let serve = |certificate, options| Server::tls(&folder, certificate, options, emulator.port);
    let servers = [
        ("right", serve("right", "")?),
        ("other_name", serve("other_name", "")?),
        ("expired", serve("expired", "")?),
        ("early", serve("early", "")?),
        ("self_signed", serve("self_signed", "")?),
        ("sha_512", serve("sha_512", "")?),
        ("p_521", serve("p_521", "")?),
        ("short_key", serve("short_key", SHORT)?),
        ("policy", serve("policy", "")?),
        ("old", serve("right", OLD)?),
        ("no_tls", Server::greeting("SSH-2.0-OpenSSH_9.2")?),
    ];
    let open = Proxy::start(&folder, "open", "BasicAuth demo-user demo-password")?;
    let closed = Proxy::start(&folder, "closed", "ConnectPort 443")?;

    let mut places = vec![
        ("ca_file", made.ca_file()),
        ("ca_text", made.ca_text()?),
        ("other_ca_file", made.other_ca_file()),
        ("sha_512_ca", made.path("sha_512_ca.pem")),
        ("p_521_ca", made.path("p_521_ca.pem")),
        ("short_key_ca", made.path("short_key_ca.pem")),
        ("policy_ca", made.path("policy_ca.pem")),
        ("ca_joined", made.path("joined.pem")),
        ("ca_marked", made.path("marked.pem")),
        ("ca_trusted", made.path("trusted.pem")),
        ("ca_der", made.path("ca.der")),
        ("ca_half", made.path("half.pem")),
        ("proxy", open.address()),
        ("closed_proxy", closed.address()),
    ];
    places.extend(servers.iter().map(|(name, server)| (*name, server.port())));
    let stage = Stage {
        emulator,
        places,
        proxy_logs: vec![open.log(), closed.log()],
    };
    for runner in &runners {
        let (verdict, _) = run_on(&stage, runner, &templates);
        super::scenarios::report(suite, runner, &verdict);
    }
    Ok(())
}
