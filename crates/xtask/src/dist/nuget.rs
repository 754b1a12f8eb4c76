//! The NuGet package: the .NET assembly, and the native libraries at the places where .NET looks for them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::natives::Native;
use super::{copy_licences, files, powershell};
use crate::tools::{Result, VERSION, files as files_in, fresh, root, target};

/// The frameworks that the assembly is for. .NET takes the second.
const FRAMEWORKS: [&str; 2] = ["net462", "netstandard2.0"];

const MANIFEST: &str = "GraphDevices.nuspec";

/// Lays out the package and packs it into `out`.
pub(super) fn make(natives: &[Native], out: &Path) -> Result<PathBuf> {
    let tree = target().join("dist/nuget");
    fresh(&tree)?;
    let source = root().join("bindings/nuget");
    let manifest = fs::read_to_string(source.join(format!("{MANIFEST}.in")))?;
    fs::write(tree.join(MANIFEST), manifest.replace("@VERSION@", VERSION))?;
    fs::copy(source.join("README.md"), tree.join("README.md"))?;
    copy_licences(&tree)?;
    for framework in FRAMEWORKS {
        let lib = tree.join("lib").join(framework);
        fs::create_dir_all(&lib)?;
        powershell::assembly(&lib.join("GraphDevices.dll"))?;
    }
    let build = tree.join("build").join(FRAMEWORKS[0]);
    fs::create_dir_all(&build)?;
    fs::copy(
        source.join("GraphDevices.targets"),
        build.join("GraphDevices.targets"),
    )?;
    for native in natives {
        let folder = tree.join("runtimes").join(native.rid).join("native");
        fs::create_dir_all(&folder)?;
        fs::copy(&native.file, folder.join(native.name))?;
        native.copy_notices(&tree)?;
    }
    as_open_package(&tree)?;
    let package = out.join(format!("GraphDevices.{VERSION}.nupkg"));
    files::pack_as(&tree, &package)?;
    Ok(package)
}

/// Adds what makes the folder a package of the Open Packaging Conventions: a type for each file, and which one is the manifest.
fn as_open_package(tree: &Path) -> Result {
    let mut kinds = BTreeSet::from(["rels".to_owned()]);
    let mut without_kind = Vec::new();
    for file in files_in(tree)? {
        match file.extension() {
            Some(kind) => drop(kinds.insert(kind.to_string_lossy().into_owned())),
            None => without_kind.push(file.strip_prefix(tree)?.to_string_lossy().replace('\\', "/")),
        }
    }
    let mut types = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    types.push_str("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n");
    for kind in kinds {
        let content = match kind.as_str() {
            "rels" => "application/vnd.openxmlformats-package.relationships+xml",
            _ => "application/octet",
        };
        writeln!(
            types,
            "  <Default Extension=\"{kind}\" ContentType=\"{content}\" />"
        )?;
    }
    for name in without_kind {
        writeln!(
            types,
            "  <Override PartName=\"/{name}\" ContentType=\"application/octet\" />"
        )?;
    }
    types.push_str("</Types>\n");
    fs::write(tree.join("[Content_Types].xml"), types)?;
    fs::create_dir(tree.join("_rels"))?;
    let relations = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n  \
         <Relationship Type=\"http://schemas.microsoft.com/packaging/2010/07/manifest\" Target=\"/{MANIFEST}\" Id=\"manifest\" />\n\
         </Relationships>\n"
    );
    fs::write(tree.join("_rels/.rels"), relations)?;
    Ok(())
}
