//! Reading from the service: one request, a list page by page, several requests in one batch.

use std::collections::{BTreeMap, HashSet};

use crate::answer::{Judgement, judge_answer};
use crate::batch::{self, Part};
use crate::call::{Call, Request, Tries, client_request_id};
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::page::{self, Page};
use crate::purpose::Purpose;
use crate::status::Status;
use crate::token::TokenFacts;
use crate::transport::{Answer, Method};
use crate::user_id::UserId;

/// Asks for members of enumerations that the service's own description does not name yet
/// (<https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations>).
const PREFER: (&str, &str) = ("prefer", "include-unknown-enum-members");

/// A hundred thousand devices are no person's: a list that goes on is broken.
const MAX_PAGES: usize = 100;

/// The same of their number.
const MAX_ITEMS: usize = 10_000;

/// Every item of a list, one page after the other, all within one deadline.
pub(crate) fn read_list<T>(
    call: &mut Call<'_>,
    purpose: Purpose,
    user: &UserId,
    target: &str,
    first: Option<Page<T>>,
    parse: impl Fn(&Answer) -> Result<Page<T>>,
) -> Result<Vec<T>> {
    let mut tries = Tries::new(call.clock);
    let mut page = match first {
        Some(page) => page,
        None => one(call, purpose, user, target, &mut tries, &parse)?,
    };
    let (mut items, mut count) = (Vec::new(), 0);
    let mut read = HashSet::from([target.to_owned()]);
    loop {
        items.append(&mut page.items);
        count = count.max(page.count.unwrap_or_default());
        if items.len() > MAX_ITEMS {
            return Err(untrusted(format!(
                "a list of more than {MAX_ITEMS} items cannot be trusted"
            )));
        }
        let Some(link) = page.next else { break };
        if read.len() == MAX_PAGES {
            return Err(untrusted(format!(
                "a list of more than {MAX_PAGES} pages cannot be trusted"
            )));
        }
        let target = page::next_target(call.transport.endpoint(), &link)?;
        // (<https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/5311>)
        if !read.insert(target.clone()) {
            return Err(untrusted(
                "a page of the list leads back to one that was read, so the list has no end and cannot be trusted".to_owned(),
            ));
        }
        tries.next_request();
        page = one(call, purpose, user, &target, &mut tries, &parse)?;
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

/// A list that was answered and is none to act on.
fn untrusted(message: String) -> Error {
    Error::new(Status::UnexpectedResponse, message)
}

/// One read, tried again as every request is.
pub(crate) fn get<T>(
    call: &mut Call<'_>,
    purpose: Purpose,
    user: &UserId,
    target: &str,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    let mut tries = Tries::new(call.clock);
    one(call, purpose, user, target, &mut tries, parse)
}

fn one<T>(
    call: &mut Call<'_>,
    purpose: Purpose,
    user: &UserId,
    target: &str,
    tries: &mut Tries,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    let id = client_request_id(None);
    let request = Request {
        purpose,
        subject: user.as_str(),
        method: Method::Get,
        target,
        headers: &[PREFER],
        body: None,
        weight: 1,
        acts_on: &[],
        client_request_id: &id,
        is_fresh: None,
        write_ahead: None,
    };
    call.perform(&request, tries, |answer, _| parse(answer))
}

/// Several reads in one request, by id: `(id, path below the version root)`. What is not in the result has to be read
/// alone; that is everything if the batch failed. An error is one that every read would meet.
pub(crate) fn get_batch(call: &mut Call<'_>, reads: &[(String, String)]) -> Result<BTreeMap<String, Answer>> {
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
        purpose: Purpose::ReadBatch,
        subject: "a batch of reads",
        method: Method::Post,
        target: "/v1.0/$batch",
        headers: &[],
        body: Some(&body),
        weight: parts.len(),
        acts_on: &[],
        client_request_id: &id,
        is_fresh: None,
        write_ahead: None,
    };
    let mut tries = Tries::new(call.clock);
    let found = call.perform(&request, &mut tries, |answer, _| batch::decode(answer, &ids, &id));
    match found {
        Ok(answers) => {
            slow_down(call, Purpose::ReadBatch, &answers);
            Ok(answers)
        }
        Err(error)
            if matches!(
                error.status,
                Status::Unauthenticated
                    | Status::NotLicensed
                    | Status::ConnectionFailed
                    | Status::Timeout
                    | Status::Cancelled
            ) =>
        {
            Err(error)
        }
        Err(_) => Ok(BTreeMap::new()),
    }
}

/// Lets everybody wait if some of a batch were refused for their number: once, and for the longest time that was asked.
pub(crate) fn slow_down(call: &Call<'_>, purpose: Purpose, answers: &BTreeMap<String, Answer>) {
    let refused: Vec<_> = answers.values().filter(|answer| answer.status == 429).collect();
    if refused.is_empty() {
        return;
    }
    let asked = refused
        .iter()
        .filter_map(|answer| answer.retry_after(answer.header("retry-after")?, call.clock.wall()));
    let wait = asked
        .max()
        .unwrap_or_else(|| call.policy.backoff(1, call.clock.jitter()))
        .min(call.policy.deadline);
    call.gate.throttled(purpose, refused.len(), wait);
}

/// Judges an answer out of a batch of reads. Its refusals are only looked at: what is not final is read again alone, by
/// [`get`], with the whole care of a call.
pub(crate) fn judge_part<'a>(
    call: &Call<'_>,
    purpose: Purpose,
    user: &UserId,
    answer: &'a Answer,
) -> std::result::Result<&'a Answer, Error> {
    let context = Context {
        purpose,
        token: &TokenFacts::default(),
        audience: None,
        user: user.as_str(),
        client_request_id: None,
        now: call.clock.wall(),
    };
    match judge_answer(answer, &context) {
        Judgement::Success(answer) => Ok(answer),
        Judgement::Refused { error, .. } => Err(error),
    }
}
