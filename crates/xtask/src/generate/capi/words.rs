//! The numbers of the C ABI and the function that names each.

use std::fmt::Write as _;

use super::doc;
use crate::generate::model::{Model, Words};
use crate::generate::names;

pub(super) fn text(model: &Model) -> String {
    let mut out = String::from("//! The name of each number.\n\nuse std::ffi::c_char;\n\nuse graph_core::{");
    let used: Vec<&str> = model.words.iter().map(|words| words.name.as_str()).collect();
    out += &used.join(", ");
    out += "};\n\nuse crate::names::Names;\n";
    for words in &model.words {
        out += &name(words);
    }
    out
}

fn name(words: &Words) -> String {
    let (rust, c) = (&words.name, names::c(&words.name));
    let parameter = c.rsplit('_').next().unwrap_or(&c);
    let constant = names::screaming(&c);
    let named: Vec<String> = words
        .members
        .iter()
        .map(|member| names::word(rust, &member.ident))
        .collect();
    let example = named
        .iter()
        .max_by_key(|name| name.len())
        .cloned()
        .unwrap_or_default();
    let (thing, unknown) = match c.as_str() {
        "warning_code" => ("warning".to_owned(), "warning"),
        c => (words_of(c), c),
    };
    let mut described = format!("The name of {} {thing}, such as `{example}`; ", article(&thing));
    if let Some(unnamed) = words
        .members
        .iter()
        .find(|member| names::word(rust, &member.ident).is_empty())
    {
        let _ = write!(
            described,
            "empty for `GRAPH_{constant}_{}`, ",
            names::screaming(&unnamed.ident)
        );
    }
    let _ = write!(described, "`unknown_{unknown}` for any other number. Static.");
    let doc = doc(&[described]);
    format!(
        r#"
static {constant}: Names = Names::new(c"unknown_{unknown}", || {{
    {rust}::all().iter().map(|word| (*word as i32, word.name())).collect()
}});

{doc}#[unsafe(no_mangle)]
pub extern "C" fn graph_{c}_name({parameter}: i32) -> *const c_char {{
    {constant}.get({parameter})
}}
"#
    )
}

/// `notice_kind` -> `kind of notice`
fn words_of(c: &str) -> String {
    match c.split_once('_') {
        Some((first, last)) => format!("{last} of {first}"),
        None => c.to_owned(),
    }
}

fn article(thing: &str) -> &'static str {
    if thing.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
