"""Where the users of a run come from: lists, files, generators, and values that are not users."""

import io
import threading
import uuid

import graph_devices
import pytest
from conftest import ADELE, DIEGO, FREE, outcome_of, records, results
from graph_devices import UserResult


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
