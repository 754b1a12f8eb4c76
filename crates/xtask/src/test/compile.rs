//! Compiling the C and C++ programs of the tests, with every warning an error.

use std::path::{Path, PathBuf};

use crate::tools::{Result, command, output, root, target};

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// A program of one source file.
pub(crate) struct Program<'a> {
    compiler: &'a Path,
    standard: &'a str,
    source: PathBuf,
}

impl<'a> Program<'a> {
    /// `source` is relative to the top of the repository; `standard` is the compiler's option.
    pub(crate) fn new(compiler: &'a Path, standard: &'a str, source: &str) -> Self {
        Self {
            compiler,
            standard,
            source: root().join(source),
        }
    }

    /// Only checks that it compiles.
    pub(crate) fn check(&self, include: &Path) -> Result {
        output(self.command(include).arg("-fsyntax-only")).map(drop)
    }

    /// Links the shared library of a laid-out tree, which the program then finds by itself.
    pub(crate) fn shared(&self, tree: &Path) -> Result<PathBuf> {
        let lib = tree.join("lib");
        let rpath = format!("-Wl,-rpath,{}", lib.display());
        let search = format!("-L{}", lib.display());
        self.link("shared", tree, &[&search, "-lgraph_devices", &rpath])
    }

    /// Links the static library of a laid-out tree.
    pub(crate) fn fixed(&self, tree: &Path, private: &str) -> Result<PathBuf> {
        let archive = tree.join("lib/libgraph_devices.a").display().to_string();
        let libraries: Vec<&str> = std::iter::once(archive.as_str())
            .chain(private.split_whitespace())
            .collect();
        self.link("static", tree, &libraries)
    }

    /// Links with these options and libraries; `kind` distinguishes the results of one source.
    pub(crate) fn link(&self, kind: &str, tree: &Path, libraries: &[&str]) -> Result<PathBuf> {
        let folder = target().join("c");
        std::fs::create_dir_all(&folder)?;
        let stem = self.source.file_stem().unwrap_or_default().to_string_lossy();
        let standard = self.standard.trim_start_matches("-std=").replace('+', "p");
        let program = folder.join(format!("{stem}-{standard}-{kind}"));
        output(
            self.command(&tree.join("include"))
                .args(["-pthread", "-o"])
                .arg(&program)
                .args(self.after())
                .args(libraries),
        )?;
        Ok(program)
    }

    /// A C source compiled as C++ needs its language named before it, and the libraries after need it unset.
    fn after(&self) -> &'static [&'static str] {
        if self.is_c_as_cpp() { &["-x", "none"] } else { &[] }
    }

    fn is_c_as_cpp(&self) -> bool {
        self.standard.contains("++") && self.source.extension().is_some_and(|extension| extension == "c")
    }

    fn command(&self, include: &Path) -> std::process::Command {
        let mut compiler = command(self.compiler);
        compiler.arg(self.standard).args(STRICT).arg("-I").arg(include);
        if self.is_c_as_cpp() {
            compiler.args(["-x", "c++"]);
        }
        compiler.arg(&self.source);
        compiler
    }
}
