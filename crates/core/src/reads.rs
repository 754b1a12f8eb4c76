//! Reads from the service: one request, a list page by page, several requests in one batch.

use std::collections::{BTreeMap, HashSet};

use crate::answer::{Judgement, judge_answer};
use crate::attempts::Attempts;
use crate::batch::{self, Part};
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::page::{self, Page};
use crate::request_kind::RequestKind;
use crate::session::{Request, Session, client_request_id};
use crate::status::Status;
use crate::token::TokenFacts;
use crate::transport::{Answer, Method, Outgoing};

/// Requests members of enumerations that the service's own description does not name yet
/// (<https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations>).
const PREFER: (&str, &str) = ("prefer", "include-unknown-enum-members");

/// The most pages of a list. No user has a hundred thousand devices, so a longer list is broken.
const MAX_PAGES: usize = 100;

/// The most items of a list, for the same reason.
const MAX_ITEMS: usize = 10_000;

/// A read, and what it is about.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a> {
    pub(crate) kind: RequestKind,
    /// The user that is read, for notices and messages.
    pub(crate) subject: &'a str,
    /// Path and query below the root, the version included.
    pub(crate) target: &'a str,
}

/// Reads every item of a list, page by page, all within one deadline. `first` is the first page, if it was read already.
pub(crate) fn read_list<T>(
    session: &mut Session<'_>,
    read: &Read<'_>,
    first: Option<Page<T>>,
    parse: impl Fn(&Answer) -> Result<Page<T>>,
) -> Result<Vec<T>> {
    let mut attempts = Attempts::new(session.clock);
    let mut page = match first {
        Some(page) => page,
        None => request(session, read, &mut attempts, &parse)?,
    };
    let (mut items, mut count) = (Vec::new(), 0);
    let mut targets = HashSet::from([read.target.to_owned()]);
    loop {
        items.append(&mut page.items);
        count = count.max(page.count.unwrap_or_default());
        if items.len() > MAX_ITEMS {
            return Err(untrusted(format!(
                "a list of more than {MAX_ITEMS} items cannot be trusted"
            )));
        }
        let Some(link) = page.next else { break };
        if targets.len() == MAX_PAGES {
            return Err(untrusted(format!(
                "a list of more than {MAX_PAGES} pages cannot be trusted"
            )));
        }
        let target = page::next_target(session.transport.endpoint(), &link)?;
        // (<https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/5311>)
        if !targets.insert(target.clone()) {
            return Err(untrusted(
                "a page of the list leads back to one that was read, so the list has no end and cannot be trusted".to_owned(),
            ));
        }
        attempts.next_request();
        let next = Read {
            target: &target,
            ..*read
        };
        page = request(session, &next, &mut attempts, &parse)?;
    }
    // (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/21659>)
    if usize::try_from(count).is_ok_and(|count| count <= items.len()) {
        return Ok(items);
    }
    Err(untrusted(format!(
        "the list is incomplete: the service counts {count} items and listed {}; read it again",
        items.len()
    )))
}

/// The error of a list that must not be acted on although it was answered.
fn untrusted(message: String) -> Error {
    Error::new(Status::UnexpectedResponse, message)
}

/// Takes the answer of a batch if that is final, and otherwise sends a request of its own.
pub(crate) fn get<T>(
    session: &mut Session<'_>,
    read: &Read<'_>,
    part: Option<&Answer>,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    if let Some(value) = read_part(session, read, part, &parse)? {
        return Ok(value);
    }
    let mut attempts = Attempts::new(session.clock);
    request(session, read, &mut attempts, parse)
}

fn request<T>(
    session: &mut Session<'_>,
    read: &Read<'_>,
    attempts: &mut Attempts,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    let id = client_request_id(None);
    let request = Request {
        kind: read.kind,
        subject: read.subject,
        outgoing: Outgoing {
            method: Method::Get,
            target: read.target,
            headers: &[PREFER],
            client_request_id: &id,
            body: None,
        },
        weight: 1,
        acts_on: &[],
        precautions: None,
    };
    let value = session.send_with_retry(&request, attempts, |success| parse(success.answer))?;
    Ok(value)
}

/// Sends several reads, `(id, path below the version root)`, in one request and returns their answers by id. A read that
/// the result lacks has to be sent by itself; if the batch failed, that is every read. Returns an error that every read
/// would meet.
pub(crate) fn get_batch(
    session: &mut Session<'_>,
    reads: &[(String, String)],
) -> Result<BTreeMap<String, Answer>> {
    if reads.is_empty() {
        return Ok(BTreeMap::new());
    }
    let id = client_request_id(None);
    let parts: Vec<Part<'_>> = reads
        .iter()
        .map(|(number, path)| Part {
            id: number.clone(),
            method: "GET",
            url: path.clone(),
            headers: vec![PREFER, ("client-request-id", &id)],
            body: None,
        })
        .collect();
    let ids: Vec<&str> = reads.iter().map(|(id, _)| id.as_str()).collect();
    let body = batch::encode(&parts);
    let request = Request {
        kind: RequestKind::ReadBatch,
        subject: "a batch of reads",
        outgoing: batch::outgoing(&body, &id),
        weight: parts.len(),
        acts_on: &[],
        precautions: None,
    };
    let mut attempts = Attempts::new(session.clock);
    let found = session.send_with_retry(&request, &mut attempts, |success| {
        batch::decode(success.answer, &ids, &id)
    });
    match found.map_err(Error::from) {
        Ok(answers) => {
            session.slow_down(RequestKind::ReadBatch, &answers);
            Ok(answers)
        }
        Err(error) if error.is_about_every_read() => Err(error),
        Err(_) => Ok(BTreeMap::new()),
    }
}

/// Returns the result in the answer of a batch, or `None` if the read must be sent by itself. A refusal in a batch is final
/// only if it says that the object does not exist.
pub(crate) fn read_part<T>(
    session: &Session<'_>,
    read: &Read<'_>,
    part: Option<&Answer>,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<Option<T>> {
    match part.map(|answer| judge_part(session, read.kind, read.subject, answer)) {
        Some(Ok(answer)) => Ok(parse(answer).ok()),
        Some(Err(error)) if error.status == Status::UserNotFound => Err(error),
        _ => Ok(None),
    }
}

/// Judges the answer to one read of a batch.
pub(crate) fn judge_part<'a>(
    session: &Session<'_>,
    kind: RequestKind,
    subject: &str,
    answer: &'a Answer,
) -> Result<&'a Answer> {
    let context = Context {
        kind,
        token: &TokenFacts::default(),
        audience: None,
        user: subject,
        client_request_id: None,
        now: session.clock.wall(),
    };
    match judge_answer(answer, &context) {
        Judgement::Success(answer) => Ok(answer),
        Judgement::Refused { error, .. } => Err(error),
    }
}
