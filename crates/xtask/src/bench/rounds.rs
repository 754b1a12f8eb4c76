//! Rounds in which every contender has its turn, so that what else the machine does meets all of them.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Instant;

use crate::tools::{Result, output};

/// A program that does the measured work.
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) program: Command,
}

/// By name, the median of each number that a contender gives.
pub(super) type Medians = BTreeMap<&'static str, Vec<f64>>;

pub(super) fn medians(
    rounds: usize,
    contenders: &mut [Contender],
    mut measure: impl FnMut(&mut Command) -> Result<Vec<f64>>,
) -> Result<Medians> {
    let mut all: BTreeMap<&'static str, Vec<Vec<f64>>> = BTreeMap::new();
    for _ in 0..rounds {
        for contender in &mut *contenders {
            let found = measure(&mut contender.program)?;
            all.entry(contender.name).or_default().push(found);
        }
    }
    Ok(all
        .into_iter()
        .map(|(name, found)| (name, columns(&found).map(median).collect()))
        .collect())
}

/// How long a process takes from its start to its end, in milliseconds.
pub(super) fn wall(program: &mut Command) -> Result<Vec<f64>> {
    let start = Instant::now();
    output(program)?;
    Ok(vec![start.elapsed().as_secs_f64() * 1e3])
}

/// The numbers that a program prints.
pub(super) fn numbers(program: &mut Command) -> Result<Vec<f64>> {
    let printed = output(program)?;
    let numbers: std::result::Result<Vec<f64>, _> = printed.split_whitespace().map(str::parse).collect();
    numbers.map_err(|_| format!("not only numbers: {printed}").into())
}

fn columns(rows: &[Vec<f64>]) -> impl Iterator<Item = Vec<f64>> + '_ {
    let width = rows.iter().map(Vec::len).min().unwrap_or(0);
    (0..width).map(|at| rows.iter().map(|row| row[at]).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::{columns, median};

    #[test]
    fn a_median_is_the_middle_of_a_column() {
        let rows = [vec![3.0, 10.0], vec![1.0, 30.0], vec![2.0, 20.0]];
        let medians: Vec<f64> = columns(&rows).map(median).collect();
        assert_eq!(medians, [2.0, 20.0]);
    }
}
