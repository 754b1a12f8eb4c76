//! What `--json` prints: one object a line, `type` first. Words and members are those of a journal
//! (`docs/journal.md`). Types and members are only added.

use std::collections::BTreeMap;
use std::path::Path;

use graph_devices::{Device, Status, UserResult, Verification, Warning};
use serde::Serialize;

use crate::digest;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::List;
use crate::sheet::Tally;

/// One line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    /// How a list was read.
    List(ListRow<'a>),
    /// What is known of a user.
    Row(Box<Row<'a>>),
    /// What a verification found of a user.
    Verified(VerifiedRow<'a>),
    /// What a preview finds otherwise than an earlier journal has it.
    Change(ChangeRow<'a>),
    /// A check of `doctor`.
    Check(CheckRow<'a>),
    /// A word and its meaning.
    Explained(ExplainedRow<'a>),
    /// Something beside the answer.
    Notice { message: &'a str },
    /// How far a run is; only with `--progress always`.
    Progress {
        done: u64,
        total: u64,
        users_per_hour: u64,
        remaining_s: Option<u64>,
    },
    /// The last line of a verb that came to its end.
    Summary(Summary<'a>),
    /// The last line of a verb that did not.
    Error {
        exit: u8,
        status: Option<&'a str>,
        message: &'a str,
        line: Option<usize>,
        next: Option<&'a str>,
    },
}

impl<'a> Line<'a> {
    pub(crate) fn of_failure(failure: &'a Failure) -> Self {
        Self::Error {
            exit: failure.exit.code(),
            status: failure.status.map(Status::name),
            message: &failure.message,
            line: failure.line,
            next: failure.next.as_deref(),
        }
    }

    pub(crate) fn of_list(list: &'a List) -> Self {
        let passed = list.passed_over.iter();
        Self::List(ListRow {
            name: &list.name,
            sha256: &list.sha256,
            rows: list.rows.len(),
            encoding: list.encoding.name(),
            delimiter: list.delimiter.map(|delimiter| delimiter.to_string()),
            column: list.column.as_deref(),
            column_number: list.column_number,
            trimmed: &list.trimmed,
            passed_over: passed
                .map(|passed| PassedRow {
                    line: passed.line,
                    why: passed.why.name(),
                })
                .collect(),
        })
    }

    pub(crate) fn text(&self) -> String {
        // Texts, numbers and maps of them can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A change of a person or a device.
#[derive(Serialize)]
pub(crate) struct ChangeRow<'a> {
    pub(crate) change: &'a str,
    pub(crate) line: Option<usize>,
    pub(crate) user: &'a str,
    pub(crate) id: Option<&'a str>,
    /// The id of the device, and its name.
    pub(crate) device: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    /// The name of the person, or the state of the device.
    pub(crate) before: Option<&'a str>,
    pub(crate) now: Option<&'a str>,
}

/// A check and its result.
#[derive(Serialize)]
pub(crate) struct CheckRow<'a> {
    pub(crate) name: &'a str,
    pub(crate) state: &'a str,
    pub(crate) message: &'a str,
}

/// A word and its meaning.
#[derive(Serialize)]
pub(crate) struct ExplainedRow<'a> {
    pub(crate) word: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) message: &'a str,
    pub(crate) page: &'a str,
}

/// How a list was read.
#[derive(Serialize)]
pub(crate) struct ListRow<'a> {
    name: &'a str,
    sha256: &'a str,
    rows: usize,
    encoding: &'a str,
    delimiter: Option<String>,
    column: Option<&'a str>,
    column_number: Option<usize>,
    trimmed: &'a [usize],
    passed_over: Vec<PassedRow>,
}

/// A line of a list that holds no user.
#[derive(Serialize)]
struct PassedRow {
    line: usize,
    why: &'static str,
}

/// A user of the list.
#[derive(Default, Serialize)]
pub(crate) struct Row<'a> {
    pub(crate) line: Option<usize>,
    pub(crate) user: &'a str,
    pub(crate) id: Option<&'a str>,
    pub(crate) outcome: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) status: Option<&'a str>,
    pub(crate) effect: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
    pub(crate) warnings: Vec<&'a str>,
    /// Absent if they were not read.
    pub(crate) devices: Option<Vec<DeviceRow<'a>>>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) client_request_id: Option<&'a str>,
    pub(crate) attempts: u32,
    pub(crate) approval_code: Option<&'a str>,
}

impl<'a> Row<'a> {
    pub(crate) fn of(line: Option<usize>, result: &'a UserResult) -> Self {
        let (error, receipt) = (result.error.as_ref(), result.receipt.as_ref());
        let devices = result.devices.as_ref();
        Self {
            line,
            user: &result.user,
            id: result.id.as_deref(),
            outcome: Some(result.outcome.name()),
            reason: Some(result.reason.name()).filter(|name| !name.is_empty()),
            status: result.status().map(Status::name),
            effect: result.effect().map(graph_devices::Effect::name),
            message: result.message(),
            warnings: devices.map_or(Vec::new(), |list| codes(&list.warnings)),
            devices: devices.map(|list| list.devices.iter().map(DeviceRow::of).collect()),
            request_id: error
                .and_then(|error| error.request_id.as_deref())
                .or(receipt.and_then(|receipt| receipt.request_id.as_deref())),
            client_request_id: error
                .and_then(|error| error.client_request_id.as_deref())
                .or(receipt.map(|receipt| receipt.client_request_id.as_str())),
            attempts: error
                .map(|error| error.attempts)
                .or(receipt.map(|receipt| receipt.attempts))
                .unwrap_or_default(),
            approval_code: error.and_then(|error| error.approval_code.as_deref()),
        }
    }
}

/// A device, with every property that is read.
#[derive(Serialize)]
pub(crate) struct DeviceRow<'a> {
    id: &'a str,
    name: Option<&'a str>,
    os: Option<&'a str>,
    serial: Option<&'a str>,
    state: &'a str,
    enrolled: Option<&'a str>,
    last_sync: Option<&'a str>,
    os_version: Option<&'a str>,
    model: Option<&'a str>,
    manufacturer: Option<&'a str>,
    managed_name: Option<&'a str>,
    owner_type: Option<&'a str>,
    management_agent: Option<&'a str>,
    enrollment_type: Option<&'a str>,
    registration_state: Option<&'a str>,
    compliance_state: Option<&'a str>,
    is_encrypted: Option<bool>,
    is_supervised: Option<bool>,
    certificate_expires: Option<&'a str>,
    entra_device_id: Option<&'a str>,
    entra_registered: Option<bool>,
    user_id: Option<&'a str>,
    user_principal_name: Option<&'a str>,
    email_address: Option<&'a str>,
    warnings: Vec<&'a str>,
}

impl<'a> DeviceRow<'a> {
    pub(crate) fn of(device: &'a Device) -> Self {
        Self {
            id: &device.id,
            name: device.name.as_deref(),
            os: device.operating_system.as_deref(),
            serial: device.serial_number.as_deref(),
            state: device.state.name(),
            enrolled: device.enrolled.as_deref(),
            last_sync: device.last_sync.as_deref(),
            os_version: device.os_version.as_deref(),
            model: device.model.as_deref(),
            manufacturer: device.manufacturer.as_deref(),
            managed_name: device.managed_name.as_deref(),
            owner_type: device.owner_type.as_deref(),
            management_agent: device.management_agent.as_deref(),
            enrollment_type: device.enrollment_type.as_deref(),
            registration_state: device.registration_state.as_deref(),
            compliance_state: device.compliance_state.as_deref(),
            is_encrypted: device.is_encrypted,
            is_supervised: device.is_supervised,
            certificate_expires: device.certificate_expires.as_deref(),
            entra_device_id: device.entra_device_id.as_deref(),
            entra_registered: device.entra_registered,
            user_id: device.user_id.as_deref(),
            user_principal_name: device.user_principal_name.as_deref(),
            email_address: device.email_address.as_deref(),
            warnings: codes(&device.warnings),
        }
    }
}

/// What a verification found of a user.
#[derive(Serialize)]
pub(crate) struct VerifiedRow<'a> {
    user: &'a str,
    id: Option<&'a str>,
    verdict: &'a str,
    devices: Vec<VerifiedDeviceRow<'a>>,
}

#[derive(Serialize)]
struct VerifiedDeviceRow<'a> {
    id: &'a str,
    name: Option<&'a str>,
    verdict: &'a str,
    state: Option<&'a str>,
    since: Option<&'a str>,
    detail: Option<&'a str>,
}

impl<'a> VerifiedRow<'a> {
    pub(crate) fn of(verification: &'a Verification) -> Self {
        let devices = verification.devices.iter().map(|device| VerifiedDeviceRow {
            id: &device.id,
            name: device.name.as_deref(),
            verdict: device.verdict.name(),
            state: device.state.as_deref(),
            since: device.since.as_deref(),
            detail: device.detail.as_deref(),
        });
        Self {
            user: &verification.user,
            id: verification.id.as_deref(),
            verdict: verification.verdict.name(),
            devices: devices.collect(),
        }
    }
}

fn codes(warnings: &[Warning]) -> Vec<&'static str> {
    warnings.iter().map(|warning| warning.code.name()).collect()
}

/// The end of a verb.
#[derive(Default, Serialize)]
pub(crate) struct Summary<'a> {
    pub(crate) verb: &'a str,
    /// The newest run.
    pub(crate) run: Option<&'a str>,
    pub(crate) journal: Option<String>,
    pub(crate) journal_bytes: Option<u64>,
    pub(crate) journal_sha256: Option<String>,
    /// People by outcome, or by verdict. In a preview, `preview` counts those whose devices would be retired.
    pub(crate) counts: BTreeMap<&'a str, u64>,
    /// Rows of the list that name a person again.
    pub(crate) duplicates: u64,
    /// The lines of the list that are left for a person.
    pub(crate) left: Vec<usize>,
    pub(crate) ended_by: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
    pub(crate) exit: u8,
    pub(crate) next: Option<&'a str>,
}

impl<'a> Summary<'a> {
    pub(crate) fn new(verb: &'a str, exit: Exit) -> Self {
        Self {
            verb,
            exit: exit.code(),
            ..Self::default()
        }
    }
    pub(crate) fn set_tally(&mut self, tally: &'a Tally) {
        self.counts = BTreeMap::from([
            ("preview", tally.to_retire),
            ("needs_consent", tally.need_consent),
            ("left_alone", tally.left_alone),
            ("failed", tally.failed),
        ]);
        self.duplicates = tally.duplicates;
        self.left.clone_from(&tally.left);
        self.left.sort_unstable();
    }

    /// Names the journal with its length and its hash. A journal that cannot be read now has neither.
    pub(crate) fn set_journal(&mut self, path: &Path) {
        self.journal = Some(path.display().to_string());
        if let Ok((sha256, bytes)) = digest::of_file(path, u64::MAX) {
            self.journal_bytes = Some(bytes);
            self.journal_sha256 = Some(sha256);
        }
    }
}
