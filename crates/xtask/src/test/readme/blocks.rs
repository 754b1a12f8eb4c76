//! The fenced blocks of a page.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) language: String,
    pub(super) line: usize,
    pub(super) text: String,
}

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.trim().to_owned(),
                    line: index + 1,
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn fenced_blocks_are_found_with_their_line_and_language() {
        let found = blocks("a\n```c\nint x;\n```\nb\n```\nplain\n```\n");
        let found: Vec<_> = found
            .iter()
            .map(|b| (b.language.as_str(), b.line, b.text.as_str()))
            .collect();
        assert_eq!(found, [("c", 2, "int x;\n"), ("", 6, "plain\n")]);
    }
}
