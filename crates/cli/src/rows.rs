//! What a person reads: rows of columns. On a terminal each row is cut to its width; in a pipe it is whole.

use graph_devices::{Device, visible};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns grow with what they hold, on a terminal up to this.
const WIDEST: usize = 40;

/// The columns of a device: name, operating system, serial number, state.
const DEVICE: [usize; 4] = [20, 8, 14, 13];

/// A terminal that has no room for so much behind the devices shows the verdict first, and the devices below it.
const VERDICT: usize = 40;

/// Between two columns.
const GAP: &str = "  ";

/// The columns of a table with a row for each user, and a row for each device.
pub(crate) struct Table {
    line: usize,
    user: usize,
    width: Option<usize>,
}

impl Table {
    /// For these users. `width` is that of the terminal.
    pub(crate) fn new<'a>(
        users: impl Iterator<Item = &'a str>,
        last_line: Option<usize>,
        width: Option<usize>,
    ) -> Self {
        let widest = users.map(|user| visible(user).width()).max().unwrap_or_default();
        Self {
            line: last_line.map_or(0, |line| line.to_string().len().max(4)),
            user: width.map_or(widest, |_| widest.min(WIDEST)),
            width,
        }
    }

    /// The rows of a user: the verdict stands in the first, one device in each, or below it on a narrow terminal.
    pub(crate) fn user<'a>(
        &self,
        line: Option<usize>,
        user: &str,
        devices: impl Iterator<Item = &'a Device>,
        verdict: &str,
    ) -> Vec<String> {
        let cells = devices.map(|device| {
            [
                device.name.as_deref().unwrap_or(&device.id),
                device.operating_system.as_deref().unwrap_or_default(),
                device.serial_number.as_deref().unwrap_or_default(),
                device.state.name(),
            ]
        });
        let mut devices = self.aligned(&cells.collect::<Vec<_>>(), DEVICE);
        if self.is_narrow() {
            let first = self.row(line, user, verdict);
            let indent = " ".repeat(self.line + 2 * GAP.len());
            let devices = devices.iter().map(|device| format!("{indent}{device}"));
            let rows = std::iter::once(first).chain(devices);
            return rows.map(|row| self.cut(row.trim_end())).collect();
        }
        if devices.is_empty() {
            devices.push(padded("", width_of_device()));
        }
        let rows = devices.iter().enumerate().map(|(at, device)| {
            let first = at == 0;
            let row = self.row(line.filter(|_| first), if first { user } else { "" }, device);
            if first {
                format!("{row}{GAP}{verdict}")
            } else {
                row
            }
        });
        rows.map(|row| self.cut(row.trim_end())).collect()
    }

    /// The rows of what belongs to one user: each cell stands below that of the row above, and a column is at least so wide.
    pub(crate) fn aligned<const N: usize>(&self, rows: &[[&str; N]], least: [usize; N]) -> Vec<String> {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.map(|text| self.cell(&visible(text), WIDEST)))
            .collect();
        let widths: Vec<_> = least
            .iter()
            .enumerate()
            .map(|(at, least)| {
                let cells = rows.iter().filter_map(|row| row.get(at));
                cells.map(|cell| cell.width()).fold(*least, usize::max)
            })
            .collect();
        let row = |row: &[String; N]| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<_> = cells.map(|(cell, width)| padded(cell, *width)).collect();
            cells.join(GAP)
        };
        rows.iter().map(row).collect()
    }

    /// A row of a user with one text.
    pub(crate) fn row(&self, line: Option<usize>, user: &str, text: &str) -> String {
        let line = line.map_or_else(String::new, |line| line.to_string());
        self.row_behind(&line, &visible(user), text)
    }

    fn row_behind(&self, line: &str, user: &str, text: &str) -> String {
        let user = padded(&self.cell(user, self.user), self.user);
        match self.line {
            0 => format!("{user}{GAP}{text}"),
            width => format!("{line:>width$}{GAP}{user}{GAP}{text}"),
        }
    }

    /// Whether the terminal has no room for the verdict behind the devices.
    fn is_narrow(&self) -> bool {
        let wanted = self.row_behind("", "", "").width() + width_of_device() + GAP.len() + VERDICT;
        self.width.is_some_and(|width| width < wanted)
    }

    /// The heading.
    pub(crate) fn heading(&self, columns: [&str; 3]) -> String {
        let [user, devices, verdict] = columns;
        if self.is_narrow() {
            return self.cut(&self.row_behind("line", user, verdict));
        }
        let devices = padded(devices, width_of_device());
        self.cut(&self.row_behind("line", user, &format!("{devices}{GAP}{verdict}")))
    }

    /// A cell, which only a terminal cuts.
    fn cell(&self, text: &str, widest: usize) -> String {
        match self.width {
            Some(_) => cut(text, widest),
            None => text.to_owned(),
        }
    }

    /// Cuts a row to the terminal.
    pub(crate) fn cut(&self, row: &str) -> String {
        match self.width {
            Some(width) => cut(row, width),
            None => row.to_owned(),
        }
    }
}

/// A text behind a heading, in lines no wider than the terminal.
pub(crate) fn wrapped(heading: &str, text: &str, width: Option<usize>) -> Vec<String> {
    let indent = heading.width();
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(WIDEST));
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().map(|line| (line.width(), line));
        match last {
            Some((0, line)) => line.push_str(word),
            Some((taken, line)) if taken + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let heads = std::iter::once(heading.to_owned()).chain(std::iter::repeat(" ".repeat(indent)));
    heads.zip(lines).map(|(head, line)| head + &line).collect()
}

/// The width of the columns of a device.
fn width_of_device() -> usize {
    DEVICE.iter().sum::<usize>() + GAP.len() * (DEVICE.len() - 1)
}

fn padded(text: &str, width: usize) -> String {
    let gap = width.saturating_sub(text.width());
    format!("{text}{:gap$}", "")
}

/// The beginning of a text that fits, with a sign that it was cut.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or_default();
            used <= width
        })
        .collect();
    format!("{kept}…")
}

/// `1,204`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 device`, `2 devices`.
pub(crate) fn counted(number: u64, one: &str, several: &str) -> String {
    let word = if number == 1 { one } else { several };
    format!("{} {word}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1204, "1,204"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(counted(1, "device", "devices"), "1 device");
        assert_eq!(counted(0, "device", "devices"), "0 devices");
    }

    #[test]
    fn a_row_is_cut_by_what_the_terminal_shows() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("語語語語", 6), "語語…");
        assert_eq!(padded("語", 4), "語  ");
    }

    #[test]
    fn a_column_is_as_wide_as_what_it_shows() {
        let long = "a".repeat(WIDEST + 5);
        let users = ["語@contoso.com", "adele@contoso.com", &long];
        let in_pipe = Table::new(users.into_iter(), None, None);
        for user in users {
            let row = in_pipe.row(None, user, "x");
            assert!(row.starts_with(user) && row.width() == WIDEST + 8, "{row}");
        }
        let on_terminal = Table::new(users.into_iter(), None, Some(80));
        for user in users {
            let row = on_terminal.row(None, user, "x");
            assert_eq!(row.width(), WIDEST + 3, "{row}");
        }
    }

    #[test]
    fn a_narrow_terminal_shows_the_verdict_first() {
        let users = || ["adele@contoso.com"].into_iter();
        let rows = |width| {
            let table = Table::new(users(), Some(2), width);
            let rows = table.user(Some(2), "adele@contoso.com", [].into_iter(), "retire 2 devices");
            (table.heading(["person", "devices", "remove would"]), rows)
        };
        let (heading, narrow) = rows(Some(80));
        assert_eq!(heading, "line  person             remove would");
        assert_eq!(narrow, ["   2  adele@contoso.com  retire 2 devices"]);
        let (heading, wide) = rows(Some(140));
        assert_eq!((heading, wide), rows(None));
    }

    #[test]
    fn what_belongs_to_one_user_is_aligned() {
        let long = "b".repeat(WIDEST + 5);
        let rows = [["語のPhone", "gone"], [&long, "pending"]];
        let table = |width| Table::new([].into_iter(), None, width);
        let [first, second] = table(None).aligned(&rows, [20, 0]).try_into().expect("two rows");
        assert_eq!(first, format!("語のPhone{:36}  gone   ", ""));
        assert_eq!(second, format!("{long}  pending"));
        let [first, second] = table(Some(80))
            .aligned(&rows, [20, 0])
            .try_into()
            .expect("two rows");
        assert_eq!(first, format!("語のPhone{:31}  gone   ", ""));
        assert_eq!(second, format!("{}…  pending", "b".repeat(WIDEST - 1)));
    }
}
