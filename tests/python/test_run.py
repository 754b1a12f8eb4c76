"""Many users: results, options, sources of users, tokens on demand, reports."""

import hashlib
import inspect
import io
import os
import pickle
import re
import socket
import threading
import uuid

import graph_devices
import pytest
from conftest import ADELE, records
from graph_devices import Client, Notice, Progress, Summary, UserResult

DIEGO = "diego@contoso.com"
#: More than a test sends.
FREE = {"write_quota": (100_000, 1), "read_quota": (100_000, 1)}


@pytest.fixture
def client(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        yield client


def results(events):
    return {event.user: event for event in events if isinstance(event, UserResult)}


def outcome_of(result):
    return result.outcome, result.reason


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


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"accept_warning": ["entra_joined_windows"]}, ("accepted", None)),
        ({"exclude": [ADELE]}, ("skipped", "excluded")),
        ({"exclude": (name for name in ["adele@contoso.com"])}, ("skipped", "excluded")),
        ({"max_devices_per_user": 1}, ("skipped", "too_many_devices")),
        ({"inspect_first": False}, ("accepted", None)),
    ],
)
def test_options_that_decide_about_a_user(client, options, expected):
    assert outcome_of(results(client.run(["adele@contoso.com"], **options))["adele@contoso.com"]) == expected


def test_without_inspect_first_nothing_is_read(client, emulator):
    assert results(client.run([ADELE], inspect_first=False))[ADELE].devices is None
    assert [entry["method"] for entry in emulator.log()] == ["POST"]


def test_every_option_reaches_the_run(client, journal, tmp_path):
    users = tmp_path / "leavers.csv"
    users.write_bytes(b"diego@contoso.com\n")
    list(
        client.run(
            [DIEGO], journal=journal, write_quota=(7, 1.5), read_quota=(9, 2), connections=3, batch_size=4, max_users=5,
            max_devices_per_user=6, max_approvals=8, exclude=[ADELE], accept_warning=["shared_device"], justification="left", input_list=users,
            initiated_by="ann", machine="here",
        )
    )  # fmt: skip
    run = records(journal, "run")[0]
    assert run["options"] == {
        "inspect_first": True, "write_quota": 7, "write_quota_window_ms": 1500, "read_quota": 9, "read_quota_window_ms": 2000, "connections": 3,
        "batch_size": 4, "max_users": 5, "max_devices_per_user": 6, "max_approvals": 8, "excluded": 1,
        "accept_warning": ["shared_device"],
    }  # fmt: skip
    assert (run["initiated_by"], run["machine"], run["justification"], run["input_list"]["name"]) == (
        "ann",
        "here",
        "left",
        "leavers.csv",
    )
    assert run["input_list"]["sha256"] == hashlib.sha256(users.read_bytes()).hexdigest()
    assert "demo-token" not in journal.read_text()


def test_the_journal_has_the_name_of_the_machine(client, journal):
    list(client.run([DIEGO], journal=journal, input_list=("list", "0" * 64)))
    run = records(journal, "run")[0]
    assert run["machine"] == socket.gethostname() and run["input_list"] == {"name": "list", "sha256": "0" * 64}


@pytest.mark.parametrize(
    "options",
    [
        {"connections": 0},
        {"connections": 65},
        {"batch_size": 21},
        {"max_users": 0},
        {"max_users": -1},
        {"max_approvals": -1},
        {"write_quota": (0, 20)},
        {"write_quota": (19, 20), "batch_size": 20},
        {"deadline": 0},
        {"deadline": -1.0},
        {"deadline": float("nan")},
        {"write_quota": (1, float("nan"))},
        {"read_quota": (1, 0)},
        {"exclude": ["me"]},
        {"exclude": "adele@contoso.com"},
        {"accept_warning": ["no_such_warning"]},
        {"accept_warning": ["several_users"]},
        {"accept_warning": "shared_device"},
        {"justification": ""},
        {"input_list": "/nowhere/leavers.csv"},
        {"input_list": ("list", "no digest")},
        {"resume": "/nowhere/journal"},
    ],
)
def test_a_bad_option_is_an_error_at_once_and_leaves_no_journal(client, emulator, journal, options):
    with pytest.raises(graph_devices.InvalidArgumentError):
        client.run([DIEGO], **{"journal": journal, **options})
    assert not journal.exists() and emulator.log() == []


@pytest.mark.parametrize("option", ["exclude", "accept_warning"])
def test_one_text_is_not_a_list_of_texts(client, option):
    with pytest.raises(graph_devices.InvalidArgumentError, match=f"{option} must be a list of texts"):
        client.run([DIEGO], **{option: "shared_device"})


#: Values of the wrong type, by option.
WRONG = {
    "connections": ["16", 1.5, True, [16]],
    "batch_size": ["1", None.__class__],
    "max_users": [{}, 10.0],
    "max_devices_per_user": ["ten", float("nan")],
    "max_approvals": [b"0", 1 << 70],
    "write_quota": ["150/20", 150, (150,), [150, 20, 1], ["150", 20], [150, "20"], {"writes": 150}, [150.5, 20]],
    "read_quota": [[2000, None], (True, 20)],
    "deadline": ["5", b"5", True, [5], 1j, 10**400],
    "journal": [7, b"journal", ["journal"]],
    "resume": [7.5, ("a", "b")],
    "plan": [{}],
    "inspect_first": ["no", 0, []],
    "exclude": [7, [7], [None], ["a@b.example", float("nan")], [b"a@b.example"], bytearray(b"a@b.example"), [[ADELE]]],
    "accept_warning": [7, [7], [None]],
    "justification": [7, ["left"], b"left"],
    "initiated_by": [7],
    "machine": [7],
    "input_list": [7, (1, 2), ("list",), ("list", None)],
}


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_type_is_refused_with_the_name_of_the_argument(client, emulator, name, value):
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        client.run([DIEGO], **{name: value})
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        client.remove_all_devices_bulk([DIEGO], **{name: value})
    if name in inspect.signature(Client.preview).parameters:
        with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
            client.preview([DIEGO], **{name: value})
    assert emulator.log() == []


def test_the_message_counts_the_entry_with_the_wrong_type(client):
    with pytest.raises(graph_devices.InvalidArgumentError, match="exclude: entry 2 is float, not str"):
        client.run([DIEGO], exclude=iter([ADELE, float("nan")]))


@pytest.mark.parametrize(
    "name",
    [
        "exclude",
        "accept_warning",
        "justification",
        "initiated_by",
        "machine",
        "journal",
        "resume",
        "plan",
        "input_list",
    ],
)
def test_a_lone_surrogate_in_an_argument_is_refused_with_its_name(client, emulator, name):
    half = "left\ud800"
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b.* lone surrogate") as caught:
        client.run([DIEGO], **{name: [half] if name in ("exclude", "accept_warning") else half})
    assert caught.value.__context__ is None and emulator.log() == []


def test_a_path_may_contain_bytes_that_are_not_utf_8(client, tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"j\xff.jsonl")
    list(client.run([DIEGO], journal=os.fsdecode(name)))
    with open(name, "rb") as file:
        assert file.readline().startswith(b'{"event":"run"')


@pytest.mark.parametrize("of", [list, tuple])
def test_pairs_may_be_lists(client, journal, of):
    users = ["list", "0" * 64]
    list(client.run([DIEGO], journal=journal, write_quota=of([7, 1.5]), read_quota=of([9, 2]), input_list=of(users)))
    run = records(journal, "run")[0]
    assert [
        run["options"][name] for name in ("write_quota", "write_quota_window_ms", "read_quota", "read_quota_window_ms")
    ] == [
        7,
        1500,
        9,
        2000,
    ]
    assert run["input_list"] == {"name": "list", "sha256": "0" * 64}


@pytest.mark.parametrize("content", [f"{ADELE}\n", f"\n{ADELE}\r\n\n", f"a@b.example\n{ADELE}"])
def test_exclusions_may_come_from_an_open_file(client, tmp_path, content):
    path = tmp_path / "never.txt"
    path.write_text(content, newline="")
    with open(path, newline="") as file:
        assert outcome_of(results(client.run(["adele@contoso.com"], exclude=file))["adele@contoso.com"]) == (
            "skipped",
            "excluded",
        )


@pytest.mark.parametrize("bad", [f"{ADELE}\n", f" {ADELE}", f"{ADELE} ", "", "\n", "\ufeff" + ADELE])
def test_a_malformed_exclusion_is_refused_instead_of_ignored(client, emulator, bad):
    with pytest.raises(graph_devices.InvalidArgumentError, match="^exclude"):
        client.run([ADELE], exclude=[bad])
    if bad.strip("\n"):
        with pytest.raises(graph_devices.InvalidArgumentError, match="^exclude"):
            client.run([ADELE], exclude=io.StringIO(bad + " \n"))
    assert emulator.log() == []


def test_the_defaults_are_the_cores(client, journal):
    """An option that is not given is not passed; the docstring has the defaults that the run uses."""
    for name, parameter in inspect.signature(Client.run).parameters.items():
        assert name in ("self", "users") or parameter.default is None
    list(client.run([DIEGO], journal=journal))
    had = records(journal, "run")[0]["options"]
    said = " ".join(Client.run.__doc__.split())
    for name, default in {
        "write_quota": f"{had['write_quota']} in {had['write_quota_window_ms'] // 1000} seconds",
        "read_quota": f"{had['read_quota']} in {had['read_quota_window_ms'] // 1000} seconds",
        "connections": had["connections"],
        "batch_size": had["batch_size"],
        "max_devices_per_user": had["max_devices_per_user"],
        "max_approvals": had["max_approvals"],
    }.items():
        assert re.search(rf"``{name}``:[^`]*?[Tt]he default is {default}\b", said), name
    assert had["inspect_first"] and re.search("``inspect_first``:[^`]*?the default is yes", said)


@pytest.mark.parametrize("users", ["adele@contoso.com", b"adele@contoso.com", bytearray(b"adele@contoso.com"), 7, None])
def test_a_value_that_is_not_users_is_refused(client, emulator, journal, users):
    with pytest.raises(graph_devices.InvalidArgumentError):
        client.run(users, journal=journal)
    assert not journal.exists() and emulator.log() == []


class Named:
    """Not a text, though it looks like a user."""

    def __str__(self):
        return ADELE


class Silent:
    def __str__(self):
        raise LookupError("has no text")


NO_TEXTS = [
    (float("nan"), "nan", "float"),
    (None, "None", "NoneType"),
    (7, "7", "int"),
    ([ADELE], f"['{ADELE}']", "list"),
    ({"UserId": ADELE}, f"{{'UserId': '{ADELE}'}}", "dict"),
    (ADELE.encode(), f"b'{ADELE}'", "bytes"),
    (uuid.UUID(ADELE), ADELE, "UUID"),
    (Named(), ADELE, "Named"),
    (Silent(), "?", "Silent"),
    ("\x1b\ud800", "\\x1b\\ud800", "tuple"),
]


@pytest.mark.parametrize("user, shown, kind", NO_TEXTS)
def test_a_user_that_is_not_a_text_is_a_failed_result_and_the_run_goes_on(client, emulator, journal, user, shown, kind):
    user = (user,) if kind == "tuple" else user
    users = [*emulator.generate(100), user, *(f"lee-{number}@contoso.com" for number in range(29))]
    report = client.remove_all_devices_bulk(users, journal=journal, **FREE)
    assert (report.counts.accepted, report.counts.failed, report.duplicates, report.ended_by) == (100, 30, 0, None)
    (result,) = (result for result in report.unfinished if isinstance(result.error, graph_devices.InvalidArgumentError))
    assert result.outcome == "failed" and shown in result.user and result.user.isprintable()
    assert result.error.effect == "none" and f"user 101 is {kind}, not str" in str(result.error)
    assert [line["outcome"] for line in records(journal, "result") if "user 101 is" in line["user"]] == ["failed"]


def test_each_user_that_is_not_a_text_has_a_result(client, emulator):
    users = iter([float("nan"), DIEGO, float("nan"), "nan", uuid.UUID(ADELE)])
    events = list(client.run(users))
    errors = sorted(
        (result.user, str(result.error).partition(";")[0])
        for result in events
        if isinstance(result, UserResult) and result.error
    )
    assert errors == [
        (ADELE, "user 5 is UUID, not str"),
        ("nan", "`nan` is not a user id"),
        ("nan", "user 1 is float, not str"),
        ("nan", "user 3 is float, not str"),
    ]
    assert events[-1].counts == (1, 0, 0, 4, 0, 0) and len(emulator.actions()) == 1
    file = io.StringIO(f"{DIEGO}\n")
    assert [result.outcome for result in results(client.run(file)).values()] == ["accepted"]


def test_a_lone_surrogate_is_a_failed_result_and_not_an_exception(client, emulator):
    users = [DIEGO, "ad\udce8le@contoso.com", "\ud800", "lee@contoso.com"]
    events = list(client.run(users))
    assert {name: outcome_of(result) for name, result in results(events).items()} == {
        DIEGO: ("accepted", None),
        "ad\\udce8le@contoso.com": ("failed", None),
        "\\ud800": ("failed", None),
        "lee@contoso.com": ("skipped", "nothing_listed"),
    }
    assert all(
        isinstance(result.error, graph_devices.InvalidArgumentError)
        for result in results(events).values()
        if result.error
    )
    assert len(emulator.actions()) == 1


def test_a_file_that_is_not_utf_8_loses_only_its_bad_lines(client, tmp_path):
    path = tmp_path / "leavers.txt"
    path.write_bytes(b"diego@contoso.com\nad\xe8le@contoso.com\n")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        assert {outcome_of(result) for result in results(client.run(file)).values()} == {
            ("accepted", None),
            ("failed", None),
        }


def test_an_open_file_yields_its_lines(client):
    file = io.StringIO("diego@contoso.com\r\n\nlee@contoso.com")
    assert set(results(client.run(file))) == {DIEGO, "lee@contoso.com"}


def test_users_are_taken_only_as_they_are_needed(client, emulator):
    emulator.generate(1, keep_log=False)
    given, behind, seen = 0, 0, 0

    def users():
        nonlocal given
        for number in range(20_000):
            given += 1
            yield f"line {number}"

    for event in client.run(users()):
        if isinstance(event, UserResult):
            seen += 1
            behind = max(behind, given - seen)
    assert seen == given == 20_000
    assert behind < 500


def test_no_user_is_taken_before_the_first_event_is_requested(client, emulator):
    taken = []
    run = client.run(taken.append(user) or user for user in [DIEGO])
    assert taken == [] and emulator.log() == []
    with run:
        while not taken:
            next(run)
    assert taken == [DIEGO]


def test_a_user_is_sent_while_the_iterator_waits_for_the_next(client, emulator):
    def users():
        yield DIEGO
        emulator.wait(actions=1)
        yield "lee@contoso.com"

    assert len(results(client.run(users()))) == 2


def test_results_come_while_the_iterator_is_slow(client):
    taken = {}
    never = threading.Event()

    def slow():
        for number in range(6):
            never.wait(0.06)
            taken[number] = seen.copy()
            yield f"line {number}"

    seen = []
    for event in client.run(slow()):
        seen.append(event)
    assert taken[5], "no result came before the last user was taken"


def test_an_exception_of_the_iterator_stops_the_run_and_is_raised_after_the_last_event(client, emulator, journal):
    users = emulator.generate(30)

    def failing():
        yield from users
        raise LookupError("the list broke off")

    seen = []
    run = client.run(failing(), journal=journal, **FREE)
    with pytest.raises(LookupError, match="broke off"):
        seen.extend(run)
    assert list(run) == []
    assert len(results(seen)) == 30 and run.summary.counts.accepted == len(emulator.actions())
    assert len(records(journal, "result")) == run.summary.counts.accepted and records(journal, "end")


def test_a_user_after_a_stop_is_not_a_failure(client, emulator):
    def users():
        yield DIEGO
        emulator.wait(actions=1)
        # Directly in the native module, as at exit.
        run._native.stop()
        yield from ["lee@contoso.com"] * 100

    run = client.run(users(), inspect_first=False)
    *_, summary = run
    assert summary.ended_by is None and summary.counts.accepted == 1 and run._failure is None


def test_a_stopped_error_of_the_iterator_is_a_failure(client):
    def users():
        yield DIEGO
        raise graph_devices.StoppedError("of another run")

    with pytest.raises(graph_devices.StoppedError, match="of another run"):
        list(client.run(users()))


def test_the_deadline_limits_each_request(client, emulator):
    busy = {"match": "removeAll", "status": 503, "headers": {"Retry-After": "2"}}
    emulator.faults(busy)
    result = results(client.run([DIEGO], inspect_first=False, deadline=1))[DIEGO]
    assert (
        outcome_of(result) == ("failed", None)
        and result.error.status == "service_unavailable"
        and result.error.attempts == 1
    )
    emulator.faults(busy)
    assert outcome_of(results(client.run([DIEGO], inspect_first=False, deadline=60))[DIEGO]) == ("accepted", None)
    emulator.faults(busy)
    (result,) = client.remove_all_devices_bulk([ADELE], inspect_first=False, deadline=1).unfinished
    assert result.error.status == "service_unavailable"


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


def test_run_and_remove_all_devices_bulk_have_the_same_options():
    run, bulk = (inspect.signature(way) for way in (Client.run, Client.remove_all_devices_bulk))
    assert run.parameters == bulk.parameters


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
