//! Where a token may be sent: the national clouds by name, and the rules for any other endpoint.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Error, Result};

/// A Microsoft cloud that has the action.
///
/// Roots and authorities: <https://learn.microsoft.com/graph/deployments>; the sovereign clouds of France and Germany
/// as `Get-MgEnvironment` lists them
/// (<https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/get-mgenvironment>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// The worldwide service, also US GCC.
    #[default]
    Global,
    /// US Government L4 (GCC High).
    UsGov,
    /// US Government L5 (`DoD`).
    UsGovDod,
    /// China, operated by 21Vianet.
    China,
    /// Bleu, France.
    Bleu,
    /// Delos, Germany.
    Delos,
}

/// Other hosts that issue tokens of the cloud in China.
const CHINA_HOSTS: [&str; 2] = ["sts.chinacloudapi.cn", "login.partner.microsoftonline.cn"];

impl Cloud {
    /// Every cloud that has the action.
    pub const ALL: [Self; 6] = [
        Self::Global,
        Self::UsGov,
        Self::UsGovDod,
        Self::China,
        Self::Bleu,
        Self::Delos,
    ];

    /// The cloud of a name: [`Cloud::name`], or the name that Microsoft.Graph's `-Environment` takes. Case, `-` and `_` do
    /// not matter.
    pub fn parse(name: &str) -> Result<Self> {
        let plain = |text: &str| text.replace(['-', '_', ' '], "").to_ascii_lowercase();
        let wanted = plain(name);
        for cloud in Self::ALL {
            if [cloud.name(), cloud.environment()]
                .iter()
                .any(|known| plain(known) == wanted)
            {
                return Ok(cloud);
            }
        }
        let names = Self::ALL.map(Self::name).join(", ");
        Err(Error::invalid_argument(match wanted.as_str() {
            "govsg" | "govsgcloud" | "usnat" | "ussec" => {
                format!(
                    "the cloud `{}` does not offer this action in Microsoft Graph; choose one of {names}",
                    name.escape_debug()
                )
            }
            "germany" => format!("the old German cloud has closed; choose one of {names}"),
            _ => format!("`{}` is not a cloud; choose one of {names}", name.escape_debug()),
        }))
    }

    /// The name in every language.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// The name in Microsoft.Graph PowerShell.
    pub fn environment(self) -> &'static str {
        self.facts().1
    }

    /// The root of Microsoft Graph; also the audience that a token must have.
    pub fn root(self) -> &'static str {
        self.facts().2
    }

    /// Where tokens come from.
    pub(crate) fn authority(self) -> &'static str {
        self.facts().3
    }

    /// The scope to ask a token for.
    pub fn scope(self) -> String {
        format!("{}/.default", self.root())
    }

    /// The clouds whose URL of this kind has the host of `url`.
    pub(crate) fn of_host_of(url: &str, part: impl Fn(Self) -> &'static str) -> Vec<Self> {
        let host = |text: &str| Url::parse(text).ok()?.host_str().map(str::to_owned);
        let Some(wanted) = host(url) else {
            return Vec::new();
        };
        let wanted = CHINA_HOSTS
            .contains(&wanted.as_str())
            .then(|| host(Self::China.authority()))
            .flatten()
            .unwrap_or(wanted);
        let all = Self::ALL.into_iter();
        all.filter(|cloud| host(part(*cloud)).as_ref() == Some(&wanted))
            .collect()
    }

    fn facts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Global => (
                "global",
                "Global",
                "https://graph.microsoft.com",
                "https://login.microsoftonline.com",
            ),
            Self::UsGov => (
                "usgov",
                "USGov",
                "https://graph.microsoft.us",
                "https://login.microsoftonline.us",
            ),
            Self::UsGovDod => (
                "usgov_dod",
                "USGovDoD",
                "https://dod-graph.microsoft.us",
                "https://login.microsoftonline.us",
            ),
            Self::China => (
                "china",
                "China",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://login.chinacloudapi.cn",
            ),
            Self::Bleu => (
                "bleu",
                "BleuCloud",
                "https://graph.svc.sovcloud.fr",
                "https://login.sovcloud-identity.fr",
            ),
            Self::Delos => (
                "delos",
                "DelosCloud",
                "https://graph.svc.sovcloud.de",
                "https://login.sovcloud-identity.de",
            ),
        }
    }
}

/// The service that a client sends requests to. A token is sent nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and port, without a slash at the end.
    root: String,
    cloud: Option<Cloud>,
    loopback: bool,
    secure: bool,
}

/// The environment variable that calls without a client read; see [`Endpoint::from_environment_text`].
pub const ENDPOINT_VARIABLE: &str = "GRAPH_DEVICES_ENDPOINT";

impl Endpoint {
    /// An endpoint that the caller names in code: https to any host, or http to literal loopback
    /// (`127.0.0.0/8`, `[::1]`, `localhost`, which is pinned to them).
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Err(Error::invalid_argument(format!(
                "the endpoint was refused: {why}"
            )))
        };
        let Ok(url) = Url::parse(text) else {
            return refuse("it is not an absolute URL such as https://graph.microsoft.com");
        };
        if text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return refuse("it contains a blank, a control character or a backslash");
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            return refuse("it contains a user name or `@`");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("it has a query or a fragment");
        }
        if url.path() != "/" {
            return refuse("it has a path; give scheme and host alone, without /v1.0");
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => return refuse("it has no host"),
        };
        let secure = match url.scheme() {
            "https" => true,
            "http" if loopback => false,
            "http" => return refuse("a token is sent over http to loopback only; use https"),
            _ => return refuse("its scheme is not https"),
        };
        let root = url.as_str().trim_end_matches('/').to_owned();
        if ["https://graph.svc.sovcloud.sg", "https://graph.microsoft.de"].contains(&root.as_str()) {
            return refuse("the Microsoft Graph of that cloud does not offer this action");
        }
        let cloud = Cloud::ALL.into_iter().find(|cloud| cloud.root() == root);
        Ok(Self {
            root,
            cloud,
            loopback,
            secure,
        })
    }

    /// An endpoint that came from the environment ([`ENDPOINT_VARIABLE`]): only the clouds and loopback, so that a
    /// wrong value sends no token to another host.
    pub fn from_environment_text(text: &str) -> Result<Self> {
        let endpoint = Self::parse(text)?;
        if endpoint.cloud.is_none() && !endpoint.loopback {
            return Err(Error::invalid_argument(format!(
                "{ENDPOINT_VARIABLE} names neither a Microsoft cloud nor loopback; name another host in code instead"
            )));
        }
        Ok(endpoint)
    }

    /// The root, such as `https://graph.microsoft.com`.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The cloud, if this is the root of one.
    pub fn cloud(&self) -> Option<Cloud> {
        self.cloud
    }

    /// The root if it is not that of a known cloud: receipts show it.
    pub(crate) fn unknown_root(&self) -> Option<String> {
        if self.cloud.is_some() {
            None
        } else {
            Some(self.root.clone())
        }
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }
}

impl From<Cloud> for Endpoint {
    fn from(cloud: Cloud) -> Self {
        Self {
            root: cloud.root().to_owned(),
            cloud: Some(cloud),
            loopback: false,
            secure: true,
        }
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Cloud::default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_by_either_name() -> Result<()> {
        for cloud in Cloud::ALL {
            assert_eq!(Cloud::parse(cloud.name())?, cloud);
            assert_eq!(Cloud::parse(&cloud.environment().to_uppercase())?, cloud);
            assert_eq!(Endpoint::parse(cloud.root())?, cloud.into());
        }
        for name in ["GovSGCloud", "Germany", "USNat", "", "mars"] {
            assert!(Cloud::parse(name).is_err());
        }
        Ok(())
    }

    #[test]
    fn hosts_named_in_code() -> Result<()> {
        for text in [
            "http://127.0.0.1:80",
            "http://127.9.9.9:8080/",
            "http://[::1]:1",
            "http://localhost:5",
            "https://localhost",
            "https://graph.corp.example",
        ] {
            let endpoint = Endpoint::parse(text)?;
            assert_eq!(endpoint.unknown_root().as_deref(), Some(endpoint.root()));
        }
        for text in [
            "",
            "graph.microsoft.com",
            "http://graph.microsoft.com",
            "ftp://graph.microsoft.com",
            "http://10.0.0.1",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "https://graph.microsoft.com@evil.example",
            "https://user:pass@graph.microsoft.com",
            "https://graph.microsoft.com/v1.0",
            "https://graph.microsoft.com?x",
            "https://graph.microsoft.com#x",
            "https://graph.microsoft.com\\@evil.example",
            "https://graph.microsoft .com",
            "http://[::ffff:10.0.0.1]",
            "http://0.0.0.0",
            "https://graph.svc.sovcloud.sg",
            "https://graph.microsoft.de",
            "file:///etc/passwd",
            "https://",
        ] {
            assert!(Endpoint::parse(text).is_err(), "accepted {text:?}");
        }
        Ok(())
    }

    #[test]
    fn hosts_from_the_environment() {
        for text in [
            "https://graph.microsoft.com",
            "https://GRAPH.microsoft.us/",
            "http://127.0.0.1:1",
            "https://graph.microsoft.com:443",
        ] {
            assert!(Endpoint::from_environment_text(text).is_ok(), "refused {text:?}");
        }
        for text in [
            "https://graph.microsoft.com.evil.example",
            "https://evil-graph.microsoft.com.example",
            "https://graph.microsoft.com:444",
            "https://graph.micros\u{43e}ft.com",
            "https://graph.microsoft.com.",
            "https://xgraph.microsoft.com",
        ] {
            assert!(
                Endpoint::from_environment_text(text).is_err(),
                "accepted {text:?}"
            );
        }
    }
}
