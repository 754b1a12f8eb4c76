"""Runs with a journal: previews and plans, resuming, verification."""

import copy
import errno
import json
import os
import pickle
import signal

import graph_devices
import pytest
from conftest import ADELE, DIEGO, records
from graph_devices import Client, Results, Run, UserResult

LEE = "lee@contoso.com"


def outcomes(events):
    return {event.user: (event.outcome, event.reason) for event in events if isinstance(event, UserResult)}


def test_a_preview_sends_nothing_and_shows_what_a_run_would_do(client, emulator, journal):
    preview = client.preview(["adele@contoso.com", DIEGO, LEE, "x"], journal=journal, exclude=[LEE])
    assert isinstance(preview, Results)
    results = list(preview)
    assert outcomes(results) == {
        "adele@contoso.com": ("skipped", "needs_consent"),
        DIEGO: ("skipped", "preview"),
        LEE: ("skipped", "excluded"),
        "x": ("failed", None),
    }
    devices = {result.user: result.devices for result in results}
    assert [len(devices[user] or ()) for user in ("adele@contoso.com", DIEGO)] == [2, 1]
    assert [warning.code for warning in devices["adele@contoso.com"][0].warnings] == ["entra_joined_windows"]
    assert preview.summary.counts.skipped == 3 and set(preview.summary.verdicts) == {0}
    assert emulator.actions() == [] and records(journal, "run")[0]["mode"] == "preview"
    assert records(journal, "sent") == []


def test_a_preview_takes_the_consent_of_a_run(client):
    results = list(client.preview(["adele@contoso.com"], accept_warning=["entra_joined_windows"]))
    assert outcomes(results) == {"adele@contoso.com": ("skipped", "preview")}


def test_a_preview_with_resume_shows_which_users_are_done(client, emulator, journal):
    list(client.run([DIEGO], journal=journal))
    results = list(
        client.preview([DIEGO, "adele@contoso.com"], resume=journal, accept_warning=["entra_joined_windows"])
    )
    assert outcomes(results) == {DIEGO: ("skipped", "done_before"), "adele@contoso.com": ("skipped", "preview")}
    assert len(emulator.actions()) == 1 and [run["mode"] for run in records(journal, "run")] == ["run", "preview"]
    accepted = client.run([DIEGO, "adele@contoso.com"], resume=journal, accept_warning=["entra_joined_windows"])
    assert outcomes(accepted) == {DIEGO: ("skipped", "done_before"), "adele@contoso.com": ("accepted", None)}


def test_a_preview_with_a_plan_shows_what_the_plan_lacks(client, emulator, journal):
    list(client.preview([DIEGO], journal=journal))
    assert outcomes(client.preview([DIEGO, LEE], plan=journal)) == {
        DIEGO: ("skipped", "preview"),
        LEE: ("skipped", "new_device"),
    }
    assert emulator.actions() == []


def test_a_preview_takes_a_deadline(client, emulator):
    emulator.faults({"match": "managedDevices", "status": 503, "headers": {"Retry-After": "2"}, "times": 2})
    (result,) = client.preview([DIEGO], deadline=1)
    assert outcomes([result]) == {DIEGO: ("failed", None)} and result.error.status == "service_unavailable"
    assert outcomes(client.preview([DIEGO], deadline=60)) == {DIEGO: ("skipped", "preview")}


def test_a_resumed_run_reports_users_who_were_not_passed(emulator, journal):
    client = Client("demo-token", endpoint=emulator.endpoint, max_attempts=1)
    emulator.faults({"match": "removeAll", "reset": "after"})
    list(client.run([DIEGO], journal=journal))
    report = client.remove_all_devices_bulk([LEE], resume=journal)
    assert [text.partition(" users")[0] for text in report.notices] == ["1 unfinished"]


def test_an_error_that_ends_a_preview_early_is_raised_at_its_end(emulator):
    client = Client("expired-token", endpoint=emulator.endpoint)
    seen = []
    with pytest.raises(graph_devices.UnauthenticatedError) as caught:
        seen.extend(client.preview([DIEGO]))
    assert outcomes(seen) == {DIEGO: ("failed", None)} and caught.value.http_status == 401


def test_a_run_with_a_plan_skips_what_the_plan_lacks(client, emulator, tmp_path):
    plan = tmp_path / "plan.jsonl"
    list(client.preview([DIEGO, LEE, ADELE], journal=plan))
    emulator.ask("POST", f"users/{ADELE}/devices", {"deviceName": "new phone", "operatingSystem": "iOS"})
    events = list(client.run([DIEGO, ADELE, "o'brien@contoso.com"], plan=plan, accept_warning=["entra_joined_windows"]))
    assert outcomes(events) == {
        DIEGO: ("accepted", None),
        ADELE: ("skipped", "new_device"),
        "o'brien@contoso.com": ("skipped", "new_device"),
    }


def test_a_journal_that_exists_is_refused_before_anything_is_sent(client, emulator, journal):
    journal.write_text("mine\n")
    for start in (client.run, client.preview, client.remove_all_devices_bulk):
        with pytest.raises(graph_devices.JournalError, match="exists") as caught:
            start([DIEGO], journal=journal)
        assert isinstance(caught.value, OSError)
    assert journal.read_text() == "mine\n" and emulator.log() == []


@pytest.mark.parametrize("way", ["resume", "plan"])
@pytest.mark.parametrize("content", [None, "", "no journal\n", '{"event":"run","version":99}\n'])
def test_a_file_that_is_not_a_journal_is_refused_before_anything_is_sent(client, emulator, journal, way, content):
    if content is not None:
        journal.write_text(content)
    with pytest.raises(graph_devices.JournalError):
        client.run([DIEGO], **{way: journal})
    with pytest.raises(graph_devices.JournalError):
        client.verify(journal)
    assert emulator.log() == []


def the_system_says(number, path):
    return {"errno": number, "strerror": os.strerror(number), "filename": str(path)}


@pytest.mark.parametrize(
    "name, number",
    [("nowhere/journal", errno.ENOENT), ("file/journal", errno.ENOTDIR), ("j" * 300, errno.ENAMETOOLONG)],
)
def test_an_error_about_a_journal_has_what_an_oserror_has(client, emulator, tmp_path, name, number):
    (tmp_path / "file").write_text("")
    path = tmp_path / name
    with pytest.raises(OSError) as caught:
        client.run([DIEGO], journal=path)
    error = caught.value
    had = {name: getattr(error, name) for name in ("errno", "strerror", "filename")}
    assert type(error) is graph_devices.JournalError and had == the_system_says(number, path)
    assert str(error) == error.message and "Errno" not in str(error)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert {name: getattr(other, name) for name in had} == had
        assert str(other) == str(error) and other.__dict__ == error.__dict__


def test_errno_is_none_if_the_system_reported_no_error(client, journal):
    journal.write_text("no journal\n")
    for begin in (lambda: client.run([DIEGO], resume=journal), lambda: client.verify(journal)):
        with pytest.raises(graph_devices.JournalError) as caught:
            begin()
        assert (caught.value.errno, caught.value.strerror, caught.value.filename) == (None, None, str(journal))
    bare = graph_devices.JournalError("why")
    assert (str(bare), bare.errno, bare.filename, bare.args) == ("why", None, None, ("why",))


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="this system does not limit the size of a file")
def test_a_full_disk_during_a_run_is_reported_with_errno(client, emulator, journal):
    resource = pytest.importorskip("resource")
    users = emulator.generate(60)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        with pytest.raises(graph_devices.JournalError) as caught:
            client.remove_all_devices_bulk(users, journal=journal, write_quota=(100_000, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(journal))
    assert caught.value.report.ended_by == "journal"


def test_two_runs_cannot_share_a_journal(client, journal):
    with client.run([DIEGO], journal=journal) as run:
        with pytest.raises(graph_devices.JournalError):
            client.run([DIEGO], resume=journal)
        assert isinstance(run, Run)
    assert outcomes(client.run([DIEGO], resume=journal)) == {DIEGO: ("accepted", None)}


def test_a_resumed_run_does_not_send_completed_users(client, emulator, journal):
    list(client.run([DIEGO], journal=journal))
    report = client.remove_all_devices_bulk([DIEGO, LEE], resume=str(journal))
    assert (report.counts.skipped, [result.reason for result in report.unfinished]) == (2, ["nothing_listed"])
    assert len(emulator.actions()) == 1
    assert [run["resumes"] for run in records(journal, "run")] == [None, records(journal, "run")[0]["run"]]


def test_a_lost_answer_is_unknown_and_resolved_by_resuming(emulator, journal):
    client = Client("demo-token", endpoint=emulator.endpoint, max_attempts=1)
    emulator.faults({"match": "removeAll", "reset": "after"})
    assert outcomes(client.run([DIEGO], journal=journal)) == {DIEGO: ("unknown", None)}
    assert outcomes(client.run([DIEGO], resume=journal)) == {DIEGO: ("confirmed", None)}
    assert len(emulator.actions()) == 1


def test_a_run_of_another_endpoint_is_not_resumed(client, emulator, journal):
    list(client.run([DIEGO], journal=journal))
    other = Client("demo-token", endpoint=emulator.endpoint.replace("127.0.0.1", "localhost"))
    with pytest.raises(graph_devices.JournalError, match="localhost"):
        other.run([DIEGO], resume=journal)


def test_leaving_the_block_stops_the_run_and_completes_the_journal(client, emulator, journal):
    users = emulator.generate(500)
    with pytest.raises(LookupError), client.run(iter(users), journal=journal, write_quota=(100_000, 1)) as run:
        for event in run:
            if isinstance(event, UserResult):
                raise LookupError("of the caller")
    sent, results = records(journal, "sent"), records(journal, "result")
    assert {line["user"] for line in sent} == {line["user"] for line in results if line["outcome"] == "accepted"}
    assert 0 < len(sent) == len(emulator.actions()) < 500 and records(journal, "end")
    assert run.summary.counts.accepted == len(sent) and list(run) == []


def test_a_verification_reports_what_became_of_the_devices(client, emulator, journal):
    list(client.run([DIEGO, "adele@contoso.com"], journal=journal, accept_warning=["entra_joined_windows"]))
    first = {seen.user: seen for seen in client.verify(journal)}
    assert {seen.verdict for seen in first.values()} == {"pending"}
    device = first[DIEGO].devices[0]
    assert device.verdict == "pending" and device.state == "retireIssued" and device.since and device.name
    emulator.ask("DELETE", f"devices/{device.id}")
    again = client.verify(journal)
    assert {seen.user: seen.verdict for seen in again}[DIEGO] == "gone"
    assert again.summary.ended_by is None and again.summary.custom_endpoint == emulator.endpoint
    assert again.summary.verdicts == (1, 1, 0, 0, 0) and again.summary.verdicts.gone == 1
    assert set(again.summary.counts) == {0} and again.notices == ()
    assert len(records(journal, "verify")) == 4


def test_a_verification_that_ends_early_raises(emulator, client, journal):
    list(client.run([DIEGO], journal=journal))
    with pytest.raises(graph_devices.PermissionDeniedError):
        list(Client("no-read-token", endpoint=emulator.endpoint).verify(journal))


def test_only_the_owner_may_read_the_journal_and_each_line_is_json(client, journal):
    list(client.run([DIEGO], journal=journal, initiated_by="ünï"))
    assert journal.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["run", "read", "sent", "result", "end"]
