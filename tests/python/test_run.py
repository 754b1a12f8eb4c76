"""Many users: results, notices, the end of a run, tokens, reports."""

import pickle
import threading

import graph_devices
import pytest
from conftest import ADELE, DIEGO, FREE, outcome_of, results
from graph_devices import Client, Notice, Progress, Summary, UserResult


def test_each_user_has_a_result_and_the_summary_comes_last(client, emulator):
    users = ["adele@contoso.com", DIEGO, "lee@contoso.com", "UserPrincipalName", DIEGO, "missing@contoso.com"]
    events = list(client.run(users))
    assert {name: outcome_of(result) for name, result in results(events).items()} == {
        "adele@contoso.com": ("skipped", "needs_consent"),
        DIEGO: ("accepted", None),
        "lee@contoso.com": ("skipped", "nothing_listed"),
        "UserPrincipalName": ("failed", None),
        "missing@contoso.com": ("failed", None),
    }
    assert all(isinstance(event, (UserResult, Notice, Progress)) for event in events[:-1])
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert summary.counts == (1, 0, 0, 2, 0, 2) and summary.counts.skipped == 2
    assert (summary.duplicates, summary.ended_by, summary.custom_endpoint) == (1, None, emulator.endpoint)
    result = results(events)[DIEGO]
    assert result.id.startswith("10000000") and result.receipt.request_id and result.error is None
    assert [device.operating_system for device in result.devices] == ["Android"]
    assert isinstance(results(events)["missing@contoso.com"].error, graph_devices.UserNotFoundError)
    assert "entra_joined_windows" in results(events)["adele@contoso.com"].detail
    assert [action["key"] for action in emulator.actions()] == [result.id]
    assert pickle.loads(pickle.dumps(result)) == result
    with pytest.raises(AttributeError):
        result.outcome = "failed"


def test_status_and_effect_of_a_result_are_those_of_every_language(emulator):
    first, second = emulator.generate(2)
    emulator.faults({"match": "removeAll"}, {"match": "removeAll", "reset": "after"})
    client = Client("demo-token", endpoint=emulator.endpoint, max_attempts=1)
    found = results(client.run([first, second, "malformed"], inspect_first=False, connections=1))
    assert [(result.outcome, result.status, result.effect) for result in found.values()] == [
        ("accepted", "ok", None),
        ("unknown", "interrupted", "possible"),
        ("failed", "invalid_argument", "none"),
    ]
    assert [result.message for result in found.values() if result.error] == [
        str(result.error) for result in found.values() if result.error
    ]


def test_the_result_of_a_user_after_the_end_of_the_run_is_cancelled(emulator):
    client = Client("no-scope-token", endpoint=emulator.endpoint)
    first, second = results(client.run([DIEGO, ADELE], inspect_first=False, connections=1)).values()
    assert (first.status, first.effect) == ("permission_denied", "none")
    assert (second.outcome, second.status, second.effect, second.message) == (
        "skipped",
        "cancelled",
        "none",
        "the run had ended",
    )


def test_progress_comes_while_there_is_no_other_event(client, emulator):
    emulator.faults({"match": "removeAll", "delay_ms": 2500})
    events = client.run([DIEGO], inspect_first=False)
    first = next(event for event in events if isinstance(event, Progress))
    assert (first.done, first.given, first.users_per_hour, first.remaining) == (0, 1, 0, None)
    *_, summary = events
    assert summary.counts.accepted == 1


def test_progress_counts_the_users(client, emulator):
    users = emulator.generate(12)
    progress_events = [event for event in client.run(users, write_quota=(5, 1)) if isinstance(event, Progress)]
    assert (
        progress_events
        and 0 < progress_events[-1].done <= progress_events[-1].given == 12
        and progress_events[-1].users_per_hour > 0
    )
    assert progress_events[-1].remaining is not None


def test_a_notice_has_a_kind(client, emulator):
    emulator.faults({"match": "removeAll", "status": 429, "headers": {"Retry-After": "0"}})
    notices = [event for event in client.run([DIEGO], inspect_first=False) if isinstance(event, Notice)]
    assert [notice.kind for notice in notices] == ["sending", "waiting", "sending"]
    assert "HTTP 429" in notices[1].text


def test_a_missing_permission_to_read_is_reported(emulator):
    client = Client("no-read-token", endpoint=emulator.endpoint)
    notices = [event.text for event in client.run([DIEGO]) if isinstance(event, Notice) and event.kind == "run"]
    assert len(notices) == 2 and all("continues without reading" in text for text in notices)
    emulator.ask("POST", "reset", {})
    report = client.remove_all_devices_bulk([DIEGO])
    assert report.counts.accepted == 1 and list(report.notices) == notices
    emulator.ask("POST", "reset", {})
    preview = client.preview([DIEGO])
    assert preview.notices == ()
    with pytest.raises(graph_devices.PermissionDeniedError, match="no device can be previewed"):
        list(preview)
    assert list(preview.notices) == notices


def test_a_failed_run_reports_its_notices(emulator):
    emulator.faults({"match": "removeAll", "status": 403, "json": {"error": {"code": "Forbidden", "message": "no"}}})
    with pytest.raises(graph_devices.PermissionDeniedError) as caught:
        Client("no-read-token", endpoint=emulator.endpoint).remove_all_devices_bulk([DIEGO])
    assert len(caught.value.report.notices) == 2
    assert pickle.loads(pickle.dumps(caught.value)).report.notices == caught.value.report.notices


def test_a_run_without_users_is_an_error(client):
    *_, summary = client.run([])
    assert summary.ended_by == "invalid_argument"
    with pytest.raises(graph_devices.InvalidArgumentError, match="no users"):
        client.remove_all_devices_bulk([])


def test_more_users_than_the_limit_send_nothing(client, emulator):
    with pytest.raises(graph_devices.InvalidArgumentError, match="limit of 2") as caught:
        client.remove_all_devices_bulk(emulator.generate(3), max_users=2)
    assert emulator.actions() == [] and caught.value.report.counts.skipped == 3


def test_a_batch_carries_several_users(client, emulator):
    report = client.remove_all_devices_bulk(emulator.generate(21), batch_size=20, connections=1, **FREE)
    assert report.counts.accepted == 21 and report.unfinished == ()
    batches = [entry["target"] for entry in emulator.log() if entry["acted"]]
    assert len(batches) < 10


def test_a_report_has_the_unfinished_users(client):
    report = client.remove_all_devices_bulk([DIEGO, "lee@contoso.com", "x"])
    assert report.counts.accepted == 1 and report.ended_by is None
    assert sorted((result.user, result.outcome) for result in report.unfinished) == [
        ("lee@contoso.com", "skipped"),
        ("x", "failed"),
    ]


def test_an_answer_that_ends_the_run_is_raised_with_all_fields(emulator):
    client = Client("no-scope-token", endpoint=emulator.endpoint)
    with pytest.raises(graph_devices.PermissionDeniedError) as caught:
        client.remove_all_devices_bulk([DIEGO, ADELE], inspect_first=False, connections=1)
    error = caught.value
    assert error.http_status == 403 and error.request_id and error.attempts == 1
    assert [outcome_of(result) for result in error.report.unfinished] == [("failed", None), ("skipped", "stopped")]
    assert error.report.ended_by == "permission_denied" and error.report.message == str(error)
    assert pickle.loads(pickle.dumps(error)).report.counts == error.report.counts


def test_the_first_queued_user_ends_a_run_that_expects_no_approvals(emulator):
    client = Client("approval-token", endpoint=emulator.endpoint)
    users = emulator.generate(5)
    with pytest.raises(graph_devices.ApprovalPendingError) as caught:
        client.remove_all_devices_bulk(users, justification="left")
    assert caught.value.report.counts.awaiting_approval == 1
    users = emulator.generate(5)
    report = client.remove_all_devices_bulk(users, justification="left", max_approvals=9)
    assert report.counts.awaiting_approval == 5 and all(result.error.approval_code for result in report.unfinished)


CHALLENGE = {"WWW-Authenticate": 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'}


def test_sixteen_connections_request_one_token(emulator):
    asked, threads = [], []

    def credential(claims=None):
        asked.append(claims)
        threads.append(threading.get_ident())
        return "fresh-token" if claims else "demo-token"

    users = emulator.generate(80, tokens={"demo-token": "good", "fresh-token": "good"})
    refusal = {"error": {"code": "InvalidAuthenticationToken", "message": "Continuous access evaluation."}}
    emulator.faults(
        {"match": "removeAll", "times": 20},
        {"match": "removeAll", "status": 401, "headers": CHALLENGE, "json": refusal, "times": 16},
    )
    # All sixteen refusals are ready before the first of them is answered.
    emulator.hold(20)
    run = Client(credential, endpoint=emulator.endpoint).run(users, **FREE)
    seen = [next(run) for _ in range(20)]
    emulator.wait(held=16)
    emulator.release()
    seen.extend(run)
    assert seen[-1].counts.accepted == 80 and asked == [None, '{"access_token":{}}']
    assert set(threads) == {threading.get_ident()}


def test_an_exception_of_the_credential_stops_the_run_and_is_raised(emulator):
    def credential(claims=None):
        if claims:
            raise LookupError("signed out")
        return "revoked-token"

    run = Client(credential, endpoint=emulator.endpoint).run([DIEGO, ADELE], inspect_first=False)
    with pytest.raises(LookupError):
        list(run)
    assert not any(action["acted"] for action in emulator.actions())


def test_nothing_prints_a_token(emulator, journal):
    client = Client("expired-token", endpoint=emulator.endpoint)
    run = client.run([DIEGO], journal=journal, inspect_first=False)
    shown = [repr(run), repr(list(run)), repr(run), repr(run.__dict__), journal.read_text()]
    assert "done" in shown[2] and not any("expired-token" in text for text in shown)
