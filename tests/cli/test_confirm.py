"""Nothing is sent without consent, and consent is bounded by a number."""

import time

import pytest
from process import DIEGO, END_OF_INPUT, LEE


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
