//! The service's quotas over the wire, and the counts that show how well they were used.

mod common;

use common::{ADELE, DIEGO, GOOD, Outcome, Stage};
use serde_json::{Value, json};

fn sum(column: &Value) -> u64 {
    column
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .sum()
}

#[test]
fn writes_and_reads_have_windows_of_their_own() -> Outcome {
    let stage = Stage::with(&json!({"quota": {"writes": 2, "reads": 1, "seconds": 600}}))?;
    let devices = format!("/v1.0/users/{ADELE}/managedDevices");
    let statuses = [
        stage.retire(ADELE, GOOD)?.status,
        stage.retire(DIEGO, GOOD)?.status,
        stage.retire(ADELE, GOOD)?.status,
        stage.get(&devices, GOOD)?.status,
        stage.get(&devices, GOOD)?.status,
        stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?.status,
    ];
    assert_eq!(statuses, [204, 204, 429, 200, 429, 200]);
    let traffic = &stage.state()?["traffic"];
    let columns = ["writes", "writes_throttled", "reads", "reads_throttled"];
    assert_eq!(columns.map(|name| sum(&traffic[name])), [2, 1, 1, 1]);
    Ok(())
}

#[test]
fn the_wait_can_be_exact_or_missing() -> Outcome {
    for (form, expected) in [("exact", true), ("none", false)] {
        let quota = json!({"writes": 1, "seconds": 0.5, "retry_after": form});
        let stage = Stage::with(&json!({"quota": quota}))?;
        stage.retire(ADELE, GOOD)?;
        let refused = stage.retire(ADELE, GOOD)?;
        assert_eq!(refused.status, 429);
        let wait = refused.header("retry-after").map(str::parse::<f64>).transpose()?;
        assert_eq!(wait.is_some(), expected);
        assert!(wait.unwrap_or(0.1) <= 0.5);
    }
    Ok(())
}

#[test]
fn another_app_can_use_up_the_tenants_quota() -> Outcome {
    let quota = json!({"writes": 5, "tenant_writes": 5, "seconds": 600, "other_app": {"writes": 10_000_000}});
    let stage = Stage::with(&json!({"quota": quota}))?;
    let statuses: Vec<u16> = (0..20)
        .map(|_| stage.retire(ADELE, GOOD).map(|answer| answer.status))
        .collect::<Result<_, _>>()?;
    assert_eq!(statuses.last(), Some(&429));
    let accepted = statuses.iter().filter(|&&status| status == 204).count();
    assert!(accepted < 5, "the other app had its part: {statuses:?}");
    let alone = json!({"writes": 5, "tenant_writes": 5, "seconds": 600,
        "other_app": {"writes": 100_000, "from": 300}});
    let stage = Stage::with(&json!({"quota": alone}))?;
    assert_eq!(stage.retire(ADELE, GOOD)?.status, 204);
    Ok(())
}
