//! What is measured, built and installed into `target`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist::{self, Profile};
use crate::emulator;
use crate::python::{bare, pip};
use crate::tools::{Result, attempt, command, files, find, fresh, output, root, target};

/// The Python packages beside this one: how the table names them, and what `calls.py` imports.
pub(super) const PYTHON_PEERS: [(&str, &str); 3] = [
    ("requests", "requests"),
    ("httpx", "httpx"),
    ("msgraph-sdk", "msgraph"),
];

/// Variables that lead a peer to other certificates, or slow Python's start down.
const VARIABLES: [&str; 6] = [
    "CURL_CA_BUNDLE",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];

pub(super) struct Ready {
    /// The C program over this library, and the one over libcurl.
    pub(super) graph: PathBuf,
    pub(super) libcurl: PathBuf,
    pub(super) library: PathBuf,
    pub(super) wheel: PathBuf,
    interpreter: PathBuf,
}

impl Ready {
    /// Builds with the release profile and installs the peers.
    pub(super) fn make() -> Result<Self> {
        let folder = target().join("bench");
        fresh(&folder)?;
        emulator::build_release()?;
        let tree = dist::c::lay_out(Profile::Release)?;
        let cc = find("cc").ok_or("a C compiler is not installed")?;
        let lib = tree.join("lib");
        let graph = folder.join("graph");
        output(
            compiler(&cc, "graph.c", &graph)
                .arg("-I")
                .arg(tree.join("include"))
                .arg(format!("-L{}", lib.display()))
                .arg("-lgraph_devices")
                .arg(format!("-Wl,-rpath,{}", lib.display())),
        )?;
        dist::python::run()?;
        let wheel = files(&target().join("dist/python"))?
            .pop()
            .ok_or("no wheel was built")?;
        Ok(Self {
            graph,
            libcurl: libcurl(&cc, &folder)?,
            library: lib.join("libgraph_devices.so"),
            interpreter: interpreter(&wheel, &folder)?,
            wheel,
        })
    }

    /// Python with `calls.py`; the arguments of that follow.
    pub(super) fn python(&self) -> Command {
        let mut python = self.bare_python_with("import calls; calls.main()");
        python.env("PYTHONPATH", target().join("bench"));
        python
    }

    /// Python that does nothing.
    pub(super) fn bare_python(&self) -> Command {
        self.bare_python_with("pass")
    }

    fn bare_python_with(&self, program: &str) -> Command {
        let mut python = command(&self.interpreter);
        python.args(["-c", program]);
        for variable in VARIABLES {
            python.env_remove(variable);
        }
        python
    }
}

fn compiler(cc: &Path, source: &str, program: &Path) -> Command {
    let mut compiler = command(cc);
    compiler
        .args(["-O2", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(program)
        .arg(root().join("tests/bench").join(source));
    compiler
}

/// The program over libcurl. Where only the library is installed, Debian's package has the headers.
fn libcurl(cc: &Path, folder: &Path) -> Result<PathBuf> {
    let program = folder.join("libcurl");
    if attempt(compiler(cc, "libcurl.c", &program).arg("-lcurl"))?
        .status
        .success()
    {
        return Ok(program);
    }
    output(
        command("apt-get")
            .args(["download", "libcurl4-openssl-dev"])
            .current_dir(folder),
    )
    .map_err(|error| format!("libcurl's headers are not installed: {error}"))?;
    let package = files(folder)?
        .into_iter()
        .find(|file| file.extension().is_some_and(|extension| extension == "deb"))
        .ok_or("no package was downloaded")?;
    let headers = folder.join("libcurl-headers");
    output(command("dpkg").arg("-x").args([&package, &headers]))?;
    // Its links lead to files of the package that this one depends on.
    fs::remove_dir_all(headers.join("usr/lib"))?;
    let mut compiler = compiler(cc, "libcurl.c", &program);
    for include in fs::read_dir(headers.join("usr/include"))? {
        compiler.arg("-I").arg(include?.path());
    }
    output(compiler.arg("-l:libcurl.so.4"))?;
    Ok(program)
}

/// An interpreter with this library and its peers, and `calls.py` compiled as an installed package is.
fn interpreter(wheel: &Path, folder: &Path) -> Result<PathBuf> {
    let python = bare("bench")?.ok_or("python3 is not installed")?;
    output(pip(&python).args(["install", "--force-reinstall"]).arg(wheel))?;
    output(
        pip(&python)
            .arg("install")
            .args(PYTHON_PEERS.map(|(name, _)| name)),
    )?;
    fs::copy(root().join("tests/bench/calls.py"), folder.join("calls.py"))?;
    output(
        command(&python)
            .args(["-m", "compileall", "-q"])
            .arg(folder.join("calls.py")),
    )?;
    Ok(python)
}
