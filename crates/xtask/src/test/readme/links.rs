//! Links from page to page: the file exists, and has the heading.

use std::fs;
use std::path::Path;

use crate::tools::{Result, root};

/// An error that names every link of the page that leads nowhere.
pub(super) fn check(page: &str, text: &str) -> Result {
    let folder = root().join(page);
    let folder = folder.parent().unwrap_or(Path::new("."));
    let broken: Vec<String> = targets(text)
        .filter(|target| !leads(folder, text, target))
        .map(str::to_owned)
        .collect();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("no such target: {}", broken.join(", ")).into())
    }
}

/// The targets of links inside the repository.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.starts_with("https://"))
}

fn leads(folder: &Path, text: &str, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    if file.is_empty() {
        return anchors(text).any(|anchor| anchor == heading);
    }
    let path = folder.join(file);
    if heading.is_empty() {
        return path.exists();
    }
    fs::read_to_string(path).is_ok_and(|other| anchors(&other).any(|anchor| anchor == heading))
}

/// What the headings of a page are linked by: lower case, with hyphens for blanks and without punctuation.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#').strip_prefix(' ')?;
        line.starts_with('#').then(|| {
            title
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{anchors, check, targets};

    #[test]
    fn headings_are_linked_as_github_links_them() {
        let found: Vec<_> = anchors("# C and C++\ntext\n## What `retire` does, here\n").collect();
        assert_eq!(found, ["c-and-c", "what-retire-does-here"]);
    }

    #[test]
    fn only_links_inside_the_repository_are_followed() {
        let found: Vec<_> = targets("[a](b.md#c) [d](https://example.com) `e`(f) [g](#h)").collect();
        assert_eq!(found, ["b.md#c", "#h"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named() {
        let text =
            "# Here\n[a](#here) [b](#there) [c](LICENSE-MIT) [d](no-such-file) [e](SECURITY.md#no-such)";
        let error = check("README.md", text).unwrap_err().to_string();
        assert_eq!(error, "no such target: #there, no-such-file, SECURITY.md#no-such");
    }
}
