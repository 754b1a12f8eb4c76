//! Multi Admin Approval from the first refusal to the approved request.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{ADELE, DIEGO, GOOD, Outcome, Stage};
use serde_json::{Value, json};

const TOKEN: &str = "approval-token";

fn justification(text: &str) -> String {
    format!("x-msft-approval-justification: {}\r\n", STANDARD.encode(text))
}

/// Queues a request for Adele and gives its code.
fn queue(stage: &Stage) -> Result<String, Box<dyn std::error::Error>> {
    let queued = stage.retire_with(ADELE, TOKEN, &justification("leaver"))?;
    let (code, message) = queued.error()?;
    assert_eq!((queued.status, code.as_str()), (403, "ApprovalRequired"));
    let approval = queued.header("x-msft-approval-code").ok_or("no approval code")?;
    assert!(message.contains(approval), "{message}");
    Ok(approval.to_owned())
}

fn decide(stage: &Stage, code: &str, status: &str) -> Outcome {
    stage.manage("POST", &format!("approvals/{code}"), &json!({"status": status}))?;
    Ok(())
}

#[test]
fn a_justification_must_be_in_base64() -> Outcome {
    let stage = Stage::new()?;
    for (headers, message) in [
        (
            String::new(),
            "Header 'x-msft-approval-justification' is required to request approval",
        ),
        (
            "x-msft-approval-justification: leaver!\r\n".to_owned(),
            "is not a valid Base64 text",
        ),
        (justification(&"x".repeat(1025)), "is longer than 1024 characters"),
    ] {
        let answer = stage.retire_with(ADELE, TOKEN, &headers)?;
        let (code, found) = answer.error()?;
        assert_eq!((answer.status, code.as_str()), (400, "BadRequest"));
        assert!(found.contains(message), "{found}");
    }
    assert_eq!(stage.state()?["approvals"], json!([]));
    Ok(())
}

#[test]
fn an_approved_request_goes_through_once() -> Outcome {
    let stage = Stage::new()?;
    let code = queue(&stage)?;
    let header = format!("x-msft-approval-code: {code}\r\n");
    let early = stage.retire_with(ADELE, TOKEN, &header)?;
    assert_eq!(
        (early.status, early.header("x-msft-approval-code")),
        (403, Some(code.as_str()))
    );
    assert_eq!(stage.device_states("adele@contoso.com")?, ["managed", "managed"]);

    decide(&stage, &code, "approved")?;
    assert_eq!(
        stage.retire_with(DIEGO, TOKEN, &header)?.status,
        403,
        "a code belongs to one user"
    );
    assert_eq!(stage.retire_with(ADELE, TOKEN, &header)?.status, 204);
    assert_eq!(
        stage.device_states("adele@contoso.com")?,
        ["retireIssued", "retireIssued"]
    );
    assert_eq!(stage.device_states("diego@contoso.com")?, ["managed"]);
    assert_eq!(stage.retire_with(ADELE, TOKEN, &header)?.status, 403);
    Ok(())
}

#[test]
fn a_rejected_request_stays_refused() -> Outcome {
    let stage = Stage::new()?;
    let code = queue(&stage)?;
    decide(&stage, &code, "rejected")?;
    let answer = stage.retire_with(ADELE, TOKEN, &format!("x-msft-approval-code: {code}\r\n"))?;
    assert_eq!(answer.status, 403);
    assert!(answer.error()?.1.contains("rejected"));
    assert_eq!(answer.header("x-msft-approval-code"), None);
    Ok(())
}

#[test]
fn one_request_per_user_can_be_pending() -> Outcome {
    let stage = Stage::new()?;
    queue(&stage)?;
    let second = stage.retire_with(ADELE, TOKEN, &justification("again"))?;
    assert_eq!(
        (second.status, second.header("x-msft-approval-code")),
        (400, None)
    );
    assert_eq!(stage.state()?["approvals"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[test]
fn requests_can_be_polled() -> Outcome {
    let stage = Stage::new()?;
    let code = queue(&stage)?;
    let poll = |code: &str| -> Result<Value, Box<dyn std::error::Error>> {
        let target =
            format!("/beta/deviceManagement/operationApprovalRequests?$filter=requestId%20eq%20%27{code}%27");
        stage.get(&target, GOOD)?.json()
    };
    assert_eq!(poll(&code)?["value"][0]["status"], "needsApproval");
    assert_eq!(poll(&code)?["value"][0]["requestId"], code);
    decide(&stage, &code, "cancelled")?;
    assert_eq!(poll(&code)?["value"][0]["status"], "cancelled");
    assert_eq!(poll("a0000000-0000-4000-8000-00000000ffff")?["value"], json!([]));
    Ok(())
}

#[test]
fn lists_can_be_filtered_by_status() -> Outcome {
    let stage = Stage::new()?;
    let code = queue(&stage)?;
    let list = |filter: &str| {
        let filter = filter.replace(' ', "%20").replace('\'', "%27");
        let target = format!("/beta/deviceManagement/operationApprovalRequests?$filter={filter}");
        stage.get(&target, GOOD)
    };
    for (filter, found) in [
        ("status eq 'needsApproval'".to_owned(), 1),
        ("status eq 'approved'".to_owned(), 0),
        (format!("status eq 'needsApproval' and requestId eq '{code}'"), 1),
        (format!("requestId eq '{code}' and status eq 'approved'"), 0),
    ] {
        let value = list(&filter)?.json()?["value"].clone();
        assert_eq!(value.as_array().map(Vec::len), Some(found), "{filter}");
    }
    for bad in ["status ne 'approved'", "id eq 'x'", "status eq approved"] {
        assert_eq!(list(bad)?.status, 400, "{bad}");
    }
    Ok(())
}

#[test]
fn an_undecided_request_expires() -> Outcome {
    let stage = Stage::with(&json!({"approval_seconds": 0}))?;
    let code = queue(&stage)?;
    assert_eq!(stage.state()?["approvals"][0]["status"], "expired");
    let late = stage.retire_with(ADELE, TOKEN, &format!("x-msft-approval-code: {code}\r\n"))?;
    assert_eq!(late.status, 403);
    assert!(late.error()?.1.contains("expired"));
    assert_ne!(queue(&stage)?, code, "it is no longer in the way of another");
    Ok(())
}

#[test]
fn a_request_can_be_forgotten() -> Outcome {
    let stage = Stage::new()?;
    let code = queue(&stage)?;
    stage.manage(
        "DELETE",
        &format!("approvals/{}", code.to_uppercase()),
        &Value::Null,
    )?;
    let list = stage.get("/beta/deviceManagement/operationApprovalRequests", GOOD)?;
    assert_eq!(list.json()?["value"], json!([]));
    assert_ne!(queue(&stage)?, code, "no code is given twice");
    let again = stage.manage_raw("DELETE", &format!("approvals/{code}"), "")?;
    assert_eq!(again.status, 404);
    Ok(())
}

#[test]
fn a_reset_can_bring_approvals() -> Outcome {
    let approval =
        json!({"code": "a0000000-0000-4000-8000-000000000009", "user": ADELE, "status": "approved"});
    let stage = Stage::with(&json!({"approvals": [approval]}))?;
    let header = "x-msft-approval-code: a0000000-0000-4000-8000-000000000009\r\n";
    assert_eq!(stage.retire_with(ADELE, TOKEN, header)?.status, 204);
    for bad in [
        r#"{"approvals":[{}]}"#,
        r#"{"approvals":[{"code":"a","user":"b","status":"c"}]}"#,
    ] {
        assert_eq!(stage.manage_raw("POST", "reset", bad)?.status, 400);
    }
    Ok(())
}

#[test]
fn decisions_are_checked() -> Outcome {
    let stage = Stage::new()?;
    assert_eq!(
        stage
            .manage_raw("POST", "approvals/none", r#"{"status":"approved"}"#)?
            .status,
        404
    );
    let code = queue(&stage)?;
    assert_eq!(
        stage
            .manage_raw("POST", &format!("approvals/{code}"), r#"{"status":"yes"}"#)?
            .status,
        400
    );
    Ok(())
}
