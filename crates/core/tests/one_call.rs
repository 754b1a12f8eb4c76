//! One call against the emulator: waits by an injected clock, and the source of tokens.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{ADELE, Service, TestClock, Tested};
use graph_devices::{CallOptions, Client, Credential, Effect, Error, Outcome, Status, Token, UserId};
use serde_json::json;

fn adele() -> graph_devices::Result<UserId> {
    UserId::parse(ADELE)
}

#[test]
fn retry_after_is_waited_for_and_no_longer() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.faults(&json!([
        {"status": 429, "headers": {"retry-after": "30"}},
        {"status": 503, "headers": {"retry-after": "Sun, 06 Nov 1994 08:49:47 GMT", "date": null}},
        {"status": 429, "headers": {"retry-after": null}},
    ]))?;
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    let receipt = client.remove_all_devices(&adele()?, &CallOptions::default())?;
    assert_eq!(receipt.attempts, 4);
    assert_eq!(
        clock.waits(),
        [
            Duration::from_secs(30),
            Duration::from_secs(10),
            Duration::from_secs(2)
        ]
    );
    assert_eq!(receipt.elapsed, Duration::from_secs(42));
    Ok(())
}

#[test]
fn a_date_to_wait_for_is_held_against_the_services_clock() -> Tested {
    // This machine's clock is an hour behind: by it, both would be past the deadline.
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.faults(&json!([
        {"status": 429, "headers": {"retry-after": "Sun, 06 Nov 1994 09:49:39 GMT", "date": "Sun, 06 Nov 1994 09:49:37 GMT"}},
        {"status": 503, "headers": {"retry-after": "Sunday, 06-Nov-94 09:49:40 GMT", "date": "Sun, 06 Nov 1994 09:49:37 GMT"}},
    ]))?;
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    let receipt = client.remove_all_devices(&adele()?, &CallOptions::default())?;
    assert_eq!(receipt.attempts, 3);
    assert_eq!(clock.waits(), [Duration::from_secs(2), Duration::from_secs(3)]);
    Ok(())
}

#[test]
fn a_wait_past_the_deadline_is_not_begun() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.faults(&json!([{"status": 429, "headers": {"retry-after": "301"}}]))?;
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    let error = client
        .remove_all_devices(&adele()?, &CallOptions::default())
        .unwrap_err();
    assert_eq!(
        (error.status, error.effect, error.attempts),
        (Status::Throttled, Effect::None, 1)
    );
    assert_eq!(error.retry_after, Some(Duration::from_secs(301)));
    assert!(clock.waits().is_empty());
    Ok(())
}

#[test]
fn an_attempt_that_would_have_no_time_is_not_begun() -> Tested {
    // A twentieth of the deadline must be left.
    for (asked, attempts) in [("95", 2), ("96", 1)] {
        let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
        service.faults(&json!([{"status": 429, "headers": {"retry-after": asked}}]))?;
        let options = service.options(&clock)?.deadline(Duration::from_secs(100))?;
        let client = Client::new(options, Token::new("demo-token")?)?;
        let result = client.remove_all_devices(&adele()?, &CallOptions::default());
        assert_eq!(result.is_ok(), attempts == 2, "{asked}");
        assert_eq!(
            (service.log()?.len(), clock.waits().len()),
            (attempts, attempts - 1)
        );
    }
    Ok(())
}

#[test]
fn an_action_that_may_have_been_applied_is_not_sent_again_after_five_minutes() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.faults(&json!([{"reset": "after"}, {"status": 429, "headers": {"retry-after": "300"}}]))?;
    let options = service.options(&clock)?.deadline(Duration::from_secs(3600))?;
    let client = Client::new(options, Token::new("demo-token")?)?;
    let error = client
        .remove_all_devices(&adele()?, &CallOptions::default())
        .unwrap_err();
    assert_eq!(
        (error.status, error.effect, error.attempts),
        (Status::Throttled, Effect::Possible, 2)
    );
    assert_eq!(error.outcome(), Outcome::Unknown);
    Ok(())
}

/// Supplies tokens in order and notes the claims of each request for one.
struct Tokens {
    texts: &'static [&'static str],
    next: AtomicUsize,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl Tokens {
    fn take(&self) -> graph_devices::Result<Token> {
        let index = self.next.fetch_add(1, Ordering::SeqCst);
        Token::new(self.texts.get(index).copied().unwrap_or_default())
    }
}

impl Credential for Tokens {
    fn token(&self) -> graph_devices::Result<Token> {
        self.take()
    }

    fn renew(&self, _: &Token, claims: Option<&str>) -> graph_devices::Result<Option<Token>> {
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(claims.map(str::to_owned));
        }
        self.take().map(Some)
    }
}

/// The attempts of a call or its error, the claims that its credential received, and the number of requests sent.
type Called = (Result<u32, Error>, Vec<Option<String>>, usize);

fn call_with(texts: &'static [&'static str]) -> Result<Called, Box<dyn std::error::Error>> {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let tokens = Tokens {
        texts,
        next: AtomicUsize::new(0),
        asked: asked.clone(),
    };
    let client = Client::new(service.options(&clock)?, tokens)?;
    let result = client
        .remove_all_devices(&adele()?, &CallOptions::default())
        .map(|receipt| receipt.attempts);
    let asked = asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    Ok((result, asked, service.log()?.len()))
}

/// Takes longer for a token than a call may take.
struct Slow(Arc<TestClock>);

impl Credential for Slow {
    fn token(&self) -> graph_devices::Result<Token> {
        self.0.advance(Duration::from_secs(3600));
        Token::new("demo-token")
    }
}

#[test]
fn a_slow_credential_leaves_an_attempt_its_time() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    // The shortest attempt that could be left is over before this answer.
    service.faults(&json!([{"delay_ms": 250}]))?;
    let client = Client::new(service.options(&clock)?, Slow(clock.clone()))?;
    let receipt = client.remove_all_devices(&adele()?, &CallOptions::default())?;
    assert_eq!((receipt.attempts, receipt.elapsed), (1, Duration::ZERO));
    Ok(())
}

#[test]
fn a_claims_challenge_is_answered_once() -> Tested {
    let (result, asked, sent) = call_with(&["revoked-token", "demo-token"])?;
    assert_eq!((result?, sent), (2, 2));
    assert!(
        asked[0].as_deref().is_some_and(|claims| claims.starts_with('{')),
        "{asked:?}"
    );
    Ok(())
}

#[test]
fn a_second_refusal_is_final() -> Tested {
    let (result, asked, sent) = call_with(&["revoked-token", "expired-token", "demo-token"])?;
    assert_eq!(result.unwrap_err().status, Status::Unauthenticated);
    assert_eq!((asked.len(), sent), (1, 2));
    Ok(())
}

#[test]
fn the_refused_token_is_not_sent_again() -> Tested {
    let (result, asked, sent) = call_with(&["revoked-token", "revoked-token"])?;
    let error = result.unwrap_err();
    assert!(error.claims.is_some());
    assert_eq!((asked.len(), sent), (1, 1));
    Ok(())
}

#[test]
fn a_missing_role_asks_for_no_token() -> Tested {
    let (result, asked, sent) = call_with(&["no-role-token", "demo-token"])?;
    assert_eq!(result.unwrap_err().status, Status::PermissionDenied);
    assert_eq!((asked.len(), sent), (0, 1));
    Ok(())
}

#[test]
fn a_credential_that_fails_says_so() -> Tested {
    let (result, _, sent) = call_with(&["expired-token"])?;
    let error = result.unwrap_err();
    assert_eq!((error.status, sent), (Status::Unauthenticated, 1));
    assert!(error.message.contains("no new token"), "{error}");
    Ok(())
}

#[test]
fn a_lost_answer_after_queueing_is_found_again() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let client = Client::new(service.options(&clock)?, Token::new("approval-token")?)?;
    let why = CallOptions::default().justification("left the company")?;
    service.faults(&json!([{"reset": "after"}]))?;
    let error = client.remove_all_devices(&adele()?, &why).unwrap_err();
    assert_eq!(
        (error.status, error.effect, error.outcome()),
        (Status::ApprovalPending, Effect::None, Outcome::AwaitingApproval)
    );
    let code = error.approval_code.clone().ok_or("no code")?;

    service.post(&format!("approvals/{code}"), &json!({"status": "approved"}))?;
    let approved = CallOptions::default().approval_code(&code)?;
    assert_eq!(client.remove_all_devices(&adele()?, &approved)?.attempts, 1);
    Ok(())
}

#[test]
fn a_queued_request_of_another_user_is_not_matched() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let client = Client::new(service.options(&clock)?, Token::new("approval-token")?)?;
    let other = CallOptions::default().justification("another reason")?;
    assert_eq!(
        client.remove_all_devices(&adele()?, &other).unwrap_err().status,
        Status::ApprovalPending
    );
    let why = CallOptions::default().justification("left the company")?;
    let error = client.remove_all_devices(&adele()?, &why).unwrap_err();
    assert_eq!(
        (error.status, error.outcome(), &error.approval_code),
        (Status::Rejected, Outcome::Failed, &None)
    );
    assert!(error.message.contains("admin center"), "{error}");

    // Made long before this call, by a clock a hundred years ahead.
    let later = Arc::new(TestClock::ahead(Duration::from_secs(100 * 365 * 86_400)));
    let late = Client::new(service.options(&later)?, Token::new("approval-token")?)?;
    let error = late.remove_all_devices(&adele()?, &other).unwrap_err();
    assert_eq!((error.status, &error.approval_code), (Status::Rejected, &None));

    // Two requests that cannot be distinguished: neither is matched.
    let diego = UserId::parse("diego@contoso.com")?;
    client.remove_all_devices(&diego, &why).unwrap_err();
    service.reset(&json!({"approvals": [
        {"code": "50000000-0000-4000-8000-000000000001", "user": ADELE, "justification": "left the company"},
        {"code": "50000000-0000-4000-8000-000000000002", "user": "10000000-0000-4000-8000-000000000002", "justification": "left the company"},
    ]}))?;
    let error = client.remove_all_devices(&adele()?, &why).unwrap_err();
    assert_eq!((error.status, &error.approval_code), (Status::Rejected, &None));
    Ok(())
}
