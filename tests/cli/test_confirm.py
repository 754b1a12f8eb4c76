"""Nothing is sent without consent, and consent is bounded by a number."""

import re
import time

import pytest
from process import DIEGO, END_OF_INPUT, LEE, TABLET, token


@pytest.mark.windows
def test_without_a_terminal_it_ends_at_once(program, emulator):
    began = time.monotonic()
    ended = program("remove", DIEGO)
    assert ended.exit == 5 and time.monotonic() - began < 5
    assert "--yes 1" in ended.err
    assert emulator.requests() == 0


@pytest.mark.windows
def test_yes_bounds_the_number_of_people(program, emulator):
    emulator.ask(
        "POST",
        "users/" + LEE + "/devices",
        {"deviceName": "LEE-PHONE", "operatingSystem": "iOS", "enrolledDateTime": "2024-01-01T00:00:00Z"},
    )
    people = [DIEGO, LEE]
    ended = program("remove", *people, "--yes", 1, "--journal", "one.jsonl")
    assert ended.exit == 5 and "2 people" in ended.err
    assert emulator.acted() == []
    ended = program("remove", *people, "--yes", 2, "--journal", "two.jsonl")
    assert ended.exit == 0, ended.err
    assert len(emulator.acted()) == 2
    assert program.records("two.jsonl", "run")[-1]["consent"] == "--yes 2"


@pytest.mark.windows
@pytest.mark.parametrize(
    "args, message", [([], "--yes"), (["--yes", "all"], "--yes 10"), (["--yes", "1", "--yes", "2"], "multiple")]
)
def test_yes_without_a_number_is_wrong_use(program, emulator, args, message):
    ended = program("remove", DIEGO, *(args or ["--yes"]))
    assert ended.exit == 2 and message in ended.err
    assert emulator.requests() == 0


@pytest.mark.windows
@pytest.mark.parametrize("answer", ["y\n", "yes\n", "2\n", "\n", END_OF_INPUT, "\x03"])
def test_any_other_answer_is_a_no(on_terminal, emulator, answer):
    typing = on_terminal("remove", DIEGO)
    typing.until("Type 1 to retire")
    typing.type(answer)
    assert typing.end()[0] == 5
    assert emulator.acted() == []


@pytest.mark.windows
def test_the_number_of_people_is_a_yes(on_terminal, program, emulator):
    typing = on_terminal("remove", DIEGO, "--journal", "j.jsonl")
    typing.until("1 person loses management and company data on 1 device (1 Android). It cannot be undone.")
    typing.until("Type 1 to retire")
    typing.type("1\n")
    assert typing.end()[0] == 0, typing.seen
    assert len(emulator.acted()) == 1
    assert program.records("j.jsonl", "run")[-1]["consent"] == "typed 1"
    assert "removed" not in typing.seen and "success" not in typing.seen


@pytest.mark.windows
def test_the_list_can_be_the_standard_input_of_a_terminal(program, emulator):
    """A list is read from a pipe, and the question is not asked there."""
    ended = program("remove", "-", input=f"{DIEGO}\n1\n".encode())
    assert ended.exit == 5, ended.err
    assert emulator.requests() == 0


def test_a_changed_warning_is_not_sent_without_being_counted(program, emulator):
    """A person whose warning needed consent at the preview is not sent when it has gone since."""
    emulator.ask("POST", "users", {"userPrincipalName": "temp@contoso.com"})
    recent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    phone = {"deviceName": "NEW-PHONE", "operatingSystem": "iOS", "enrolledDateTime": recent}
    phone = emulator.ask("POST", "users/temp@contoso.com/devices", phone)["id"]
    shown = program("preview", DIEGO, "temp@contoso.com", "--journal", "p.jsonl")
    assert shown.exit == 0 and "ask for consent: enrolled_today" in shown.out
    emulator.ask("PATCH", f"devices/{phone}", {"enrolledDateTime": "2024-01-01T00:00:00Z"})
    ended = program("remove", "p.jsonl", "--yes", 1, "--json")
    assert [line["user"] for line in ended.lines("row")] == [DIEGO]
    assert len(emulator.acted()) == 1 and ended.exit == 1


def enrol(emulator, user, name):
    device = {"deviceName": name, "operatingSystem": "iOS", "enrolledDateTime": "2024-01-01T00:00:00Z"}
    emulator.ask("POST", f"users/{user}/devices", device)


def test_the_question_names_the_people_and_the_token_that_is_in_use(on_terminal, program, emulator):
    """Another person carries a preview out than made it."""
    made, carries_out = (
        token(
            tid="72f988bf-0000-4000-8000-000000000001",
            upn=name,
            scp="User.Read.All",
            oid=f"{at}0000000-0000-4000-8000-000000000009",
        )
        for at, name in [(2, "it@contoso.com"), (3, "boss@contoso.com")]
    )
    emulator.reset(tokens={made: "good", carries_out: "good"})
    assert program("preview", DIEGO, TABLET, "--journal", "p.jsonl", token=made).exit == 0
    for more in ([], ["--quiet"]):
        typing = on_terminal("remove", "p.jsonl", *more, env={"GRAPH_TOKEN": carries_out})
        typing.until("Type 2 to retire")
        typing.type("no\n")
        assert typing.end()[0] == 5
        asked = typing.seen[typing.seen.index("2 people lose") :]
        assert "boss@contoso.com" in asked and "72f988bf-0000-4000-8000-000000000001" in asked
        assert "it@contoso.com" not in asked
        if not more:
            assert re.search(DIEGO + r" +diego_AndroidForWork \(Android\)\r\n", typing.seen)
            assert re.search(re.escape(TABLET) + r" +First.s iPad \(iOS\)\r\n", typing.seen)
    assert emulator.acted() == []


def test_a_token_that_shows_nothing_is_not_called_an_app(on_terminal, program, emulator):
    assert program("preview", DIEGO, "--journal", "p.jsonl").exit == 0
    typing = on_terminal("remove", "p.jsonl")
    typing.until("Type 1 to retire")
    typing.type("no\n")
    assert typing.end()[0] == 5
    assert "app" not in typing.seen.replace("diego_AndroidForWork", "") and "its tenant" in typing.seen


def test_only_those_whom_the_newest_preview_would_retire_are_counted(program, emulator):
    """The first preview saw three people. At the second, one has a new device and one cannot be read."""
    people = [DIEGO, TABLET, "o'brien@contoso.com"]
    program.write_list(people)
    consent = ["--accept-warning", "entra_joined_windows"]
    assert program("preview", "list.csv", "--journal", "list.jsonl", *consent).exit == 0
    enrol(emulator, DIEGO, "NEW-PHONE")
    emulator.ask("DELETE", "users/" + people[2])
    ended = program("remove", "list.csv", "--yes", 1, "--json", *consent)
    assert ended.exit == 1, ended.err
    assert len(emulator.acted()) == 1
    assert program.records("list.jsonl", "run")[-1]["consent"] == "--yes 1"
    again = program("remove", "list.jsonl", "--yes", 1, "--json")
    assert again.exit == 1 and [row["user"] for row in again.lines("row")] == [people[2]]
    assert len(emulator.acted()) == 1


def test_a_list_of_exclusions_without_users_is_refused(program, emulator):
    (program.folder / "keep.csv").write_text("UserPrincipalName\n", encoding="utf-8")
    for verb in (["preview"], ["remove", "--yes", "1"]):
        ended = program(*verb, DIEGO, "--exclude", "@keep.csv")
        assert ended.exit == 2 and "keep.csv: it holds no users" in ended.err
    assert emulator.acted() == []
