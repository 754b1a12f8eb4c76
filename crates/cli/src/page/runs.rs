//! The runs of a report.

use graph_devices::history::{Ending, Mode, Run};
use graph_devices::visible;
use serde::Serialize;

use super::account::time;
use super::people::Standing;

/// A run, as texts.
#[derive(Serialize)]
pub(super) struct RunFacts {
    pub(super) mode: &'static str,
    pub(super) begun: String,
    /// `ended`, `ended early`, `running` or `cut off`.
    pub(super) ending: &'static str,
    pub(super) ended: Option<String>,
    pub(super) ended_by: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) initiated_by: Option<String>,
    pub(super) app: Option<String>,
    pub(super) machine: Option<String>,
    pub(super) tool: String,
    pub(super) justification: Option<String>,
    pub(super) consent: Option<String>,
    pub(super) exclusions: u64,
    pub(super) accepted_warnings: Vec<String>,
    pub(super) options: Vec<(String, String)>,
    /// The run of the preview that it was held to.
    pub(super) plan: Option<String>,
    /// The counts that are not 0.
    pub(super) counts: Vec<(String, u64)>,
    pub(super) duplicates: u64,
    pub(super) id: String,
}

impl RunFacts {
    pub(super) fn of(run: &Run, is_running: bool) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(visible);
        let end = match &run.ending {
            Ending::Ended(end) => Some(end),
            _ => None,
        };
        let ended_by = end.and_then(|end| end.ended_by);
        Self {
            mode: run.mode.name(),
            begun: time(run.begun),
            ending: match (end, ended_by) {
                (Some(_), None) => "ended",
                (Some(_), Some(_)) => "ended early",
                (None, _) if is_running => "running",
                (None, _) => "cut off",
            },
            ended: end.map(|end| time(end.time)),
            ended_by: ended_by.map(graph_devices::Status::name),
            message: end.and_then(|end| shown(&end.message)),
            initiated_by: shown(&run.initiated_by),
            app: shown(&run.app),
            machine: shown(&run.machine),
            tool: visible(&run.tool),
            justification: shown(&run.justification),
            consent: shown(&run.consent),
            exclusions: run.exclusions,
            accepted_warnings: run.accepted_warnings.iter().map(|name| visible(name)).collect(),
            options: run
                .options
                .iter()
                .filter(|(_, value)| value != "null")
                .map(|(name, value)| (visible(name), visible(value)))
                .collect(),
            plan: run.plan.as_ref().map(|(plan, _)| visible(plan)),
            counts: end.map_or_else(Vec::new, |end| {
                let counts = end.counts.iter().filter(|(_, count)| *count > 0);
                counts.map(|(name, count)| (visible(name), *count)).collect()
            }),
            duplicates: end.map_or(0, |end| end.duplicates),
            id: visible(&run.id),
        }
    }

    /// Where the run stands.
    pub(super) fn standing(&self) -> Standing {
        match self.ending {
            "ended" => Standing::Settled,
            "running" => Standing::Waits,
            _ => Standing::Open,
        }
    }
}

/// Whether any run could send.
pub(super) fn any_could_send(runs: &[Run]) -> bool {
    runs.iter().any(|run| run.mode == Mode::Run)
}
