//! `cargo xtask demo`: one user's devices retired from each language, before and after.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::dist::{Profile, c, powershell};
use crate::emulator::{self, Emulator};
use crate::python;
use crate::test::compile::Program;
use crate::tools::{Result, attempt, cargo, command, find, find_any, messages, printed, root, target};

/// A language, the user whose devices it retires, and how its example is prepared.
struct Turn {
    language: &'static str,
    user: &'static str,
    ready: fn() -> Result<Ready>,
}

enum Ready {
    Run(Command),
    Cannot(String),
}

enum Taken {
    Retired,
    StillManaged,
    Cannot(String),
}

const TURNS: [Turn; 5] = [
    Turn {
        language: "Rust",
        user: "adele@contoso.com",
        ready: rust,
    },
    Turn {
        language: "C",
        user: "diego@contoso.com",
        ready: native,
    },
    Turn {
        language: "Python",
        user: "o'brien@contoso.com",
        ready: python,
    },
    Turn {
        language: ".NET",
        user: "guest_fabrikam.com#EXT#@contoso.com",
        ready: dotnet,
    },
    Turn {
        language: "PowerShell",
        user: "first.last+tag@contoso.com",
        ready: pwsh,
    },
];

/// Builds what is needed and runs every example that this machine can run.
pub(crate) fn run() -> Result {
    eprintln!("building the emulator");
    emulator::build()?;
    let emulator = Emulator::start("demo")?;
    println!(
        "The emulator stands in for Microsoft Graph at {}. No real device is touched.",
        emulator.endpoint
    );
    let mut failed = Vec::new();
    for turn in &TURNS {
        eprintln!("building for {}", turn.language);
        match turn.take(&emulator) {
            Ok(Taken::Retired) => {}
            Ok(Taken::Cannot(reason)) => println!("\n== {} cannot run here: {reason}", turn.language),
            Ok(Taken::StillManaged) => failed.push(turn.language),
            Err(error) => {
                println!("\n== {}: {error}", turn.language);
                failed.push(turn.language);
            }
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("not retired from {}", failed.join(", ")).into())
    }
}

impl Turn {
    /// Prepares the example and runs it.
    fn take(&self, emulator: &Emulator) -> Result<Taken> {
        let mut example = match (self.ready)()? {
            Ready::Run(example) => example,
            Ready::Cannot(reason) => return Ok(Taken::Cannot(reason)),
        };
        println!("\n== {} retires the devices of {}", self.language, self.user);
        show("before", &devices(emulator, self.user)?);
        example
            .arg(self.user)
            .env("GRAPH_TOKEN", "demo-token")
            .env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint);
        let ended = attempt(&mut example)?;
        for line in printed(&ended).trim_end().lines() {
            println!("  | {line}");
        }
        let after = devices(emulator, self.user)?;
        show("after", &after);
        let managed = after.iter().any(|device| device["managementState"] == "managed");
        Ok(if ended.status.success() && !managed {
            Taken::Retired
        } else {
            Taken::StillManaged
        })
    }
}

fn devices(emulator: &Emulator, user: &str) -> Result<Vec<Value>> {
    let state = emulator.get("/_emulator/state")?;
    let users = state["users"].as_array().into_iter().flatten();
    let found = users
        .into_iter()
        .find(|candidate| candidate["userPrincipalName"] == user);
    Ok(found
        .and_then(|user| user["devices"].as_array().cloned())
        .unwrap_or_default())
}

fn show(when: &str, devices: &[Value]) {
    if devices.is_empty() {
        println!("  {when:<7}no device");
    }
    for device in devices {
        let text = |name: &str| device[name].as_str().unwrap_or("-").to_owned();
        println!(
            "  {when:<7}{:<20} {:<12} {}",
            text("deviceName"),
            text("operatingSystem"),
            text("managementState")
        );
    }
}

fn rust() -> Result<Ready> {
    messages(&mut cargo(&[
        "build",
        "--package",
        "graph-devices",
        "--example",
        "retire",
    ]))?;
    Ok(Ready::Run(command(target().join("debug/examples/retire"))))
}

fn native() -> Result<Ready> {
    let Some(cc) = find("cc") else {
        return Ok(Ready::Cannot("there is no C compiler".to_owned()));
    };
    let program = Program::new(&cc, "-std=c11", "tests/c/demo.c").shared(&c::lay_out(Profile::Dev)?)?;
    Ok(Ready::Run(command(program)))
}

fn python() -> Result<Ready> {
    let Some(python) = python::environment("demo")? else {
        return Ok(Ready::Cannot("python3 is not installed".to_owned()));
    };
    Ok(Ready::Run(script(python, &[], "python/examples/retire.py")))
}

fn dotnet() -> Result<Ready> {
    let Some(runtime) = find_any(&["mono", "clr", "dotnet"]) else {
        return Ok(Ready::Cannot(
            "neither mono nor a .NET runtime is installed".to_owned(),
        ));
    };
    let source = root().join("bindings/powershell/examples/Retire.cs");
    let Some(program) = powershell::program("retire", &[source])? else {
        return Ok(Ready::Cannot("mcs, a C# compiler, is not installed".to_owned()));
    };
    let mut example = command(runtime);
    example.arg(program);
    Ok(Ready::Run(example))
}

fn pwsh() -> Result<Ready> {
    let Some(pwsh) = find("pwsh") else {
        return Ok(Ready::Cannot("pwsh is not on PATH".to_owned()));
    };
    if find("mcs").is_none() {
        return Ok(Ready::Cannot(
            "mcs, which compiles the module's assembly, is not installed".to_owned(),
        ));
    }
    let module = powershell::lay_out(Profile::Dev)?;
    let mut example = script(
        pwsh,
        &["-NoProfile", "-NonInteractive", "-File"],
        "bindings/powershell/examples/retire.ps1",
    );
    if let Some(modules) = module.ancestors().nth(2) {
        example.env("PSModulePath", modules);
    }
    Ok(Ready::Run(example))
}

fn script(interpreter: PathBuf, options: &[&str], file: &str) -> Command {
    let mut example = command(interpreter);
    example.args(options).arg(root().join(file));
    example
}
