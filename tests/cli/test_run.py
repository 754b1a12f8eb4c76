"""Runs that are killed, stopped, or wait for approvals, and how they go on."""

import json
import os
import random
import re
import shlex
import signal
import subprocess
import threading
import time

import pytest
from emulator import PATIENCE
from process import DIEGO, END_OF_INPUT, FREE, OBRIEN, TABLET, ended


def follow(program, command):
    """Runs a command that the program printed."""
    words = shlex.split(command)
    assert words[0] == "graph-devices"
    return program(*words[1:], "--json")


def test_a_case_that_is_killed_again_and_again(program, emulator):
    users = emulator.generate(1500)
    program.write_list(users)
    chance = random.Random(7)
    args = ["remove", "list.csv", "--journal", "j.jsonl", "--yes", 1500, *FREE]
    for _ in range(12):
        with program.start(*args) as process:
            emulator.wait(requests=emulator.requests() + chance.randrange(1, 60))
            process.kill()
            last = ended(process)
        if last.exit == 2:
            args = ["remove", "j.jsonl", "--yes", 1500, *FREE]
    last = program(*args, "--json")
    if last.exit == 2:
        assert last.last()["next"] == "graph-devices remove j.jsonl", last.err
        last = program("remove", "j.jsonl", "--yes", 1500, *FREE, "--json")
    assert last.exit in (0, 1), last.err
    acted = emulator.acted()
    assert len(acted) == len(set(acted)) == 1500
    assert sum(last.last()["counts"].values()) == 1500
    reported = json.loads(program("report", "j.jsonl", "--format", "json", token=None).out)["people"]
    assert {person["outcome"] for person in reported} <= {"accepted", "confirmed"}
    assert len(reported) == 1500
    said = {
        person["id"]: ([device["id"] for device in person["devices"]], person["client_request_id"])
        for person in reported
    }
    assert said == {
        action["user"]: (action["devices"], action["client_request_id"])
        for action in emulator.actions()
        if action["acted"]
    }


@pytest.mark.windows
def test_ctrl_c_stops_in_order_and_says_how_to_go_on(on_terminal, program, emulator):
    users = emulator.generate(60)
    program.write_list(users)
    typing = on_terminal("remove", "list.csv", "--yes", 60, "--write-quota", "20/60s")
    typing.until("accepted 20")
    typing.interrupt()
    exit_code, seconds = typing.end()
    assert exit_code == 130 and seconds < 10
    (command,) = re.findall(r"go on with: (.*?)\r?\n", typing.seen)
    assert command == "graph-devices remove --yes 60 list.jsonl"
    done = follow(program, command + " --write-quota 100000/1s")
    assert done.exit == 0 and len(set(emulator.acted())) == len(emulator.acted()) == 60


@pytest.mark.windows
def test_a_second_signal_leaves_now_and_loses_nothing(program, emulator):
    users = emulator.generate(20)
    program.write_list(users)
    emulator.hold(5)
    with program.start("remove", "list.csv", "--yes", 20, *FREE, "--json") as process:
        emulator.wait(held=1)
        process.send_signal(signal.SIGINT)
        says(process, b"stopping: ")
        time.sleep(0.6)  # Signals that come together count once, so that time itself is the subject.
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        left = ended(process)
    assert left.exit == 130 and time.monotonic() - began < 10
    next_command = left.last()["next"]
    emulator.release()
    emulator.wait(idle="true")
    done = follow(program, next_command)
    assert done.exit == 0, done.err
    assert "unknown" not in done.last()["counts"]
    assert len(set(emulator.acted())) == len(emulator.acted()) == 20


@pytest.mark.parametrize("first, second", [("SIGINT", "SIGINT"), ("SIGHUP", "SIGINT"), ("SIGTERM", "SIGTERM")])
def test_a_doubled_signal_counts_once(program, emulator, first, second):
    """As from a terminal and from the parent process. The answers under way are still awaited."""
    program.write_list(emulator.generate(20))
    emulator.hold(5)
    with program.start("remove", "list.csv", "--yes", 20, *FREE, "--json") as process:
        emulator.wait(held=1)
        process.send_signal(signal.Signals[first])
        says(process, b"stopping: ")
        process.send_signal(signal.Signals[second])
        # Longer than a program that counts both would stay.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)
        emulator.release()
        left = ended(process)
    assert left.exit == {"SIGTERM": 143}.get(first, 130)
    assert left.last()["type"] == "summary" and "unknown" not in left.last()["counts"]
    answered = [row for row in program.records("list.jsonl", "result") if row["outcome"] == "accepted"]
    assert len(answered) == len(emulator.acted()) >= 6


@pytest.mark.parametrize("name, exit_code", [("SIGTERM", 143), ("SIGHUP", 130), ("SIGINT", 130)])
def test_each_signal_has_its_exit_code(program, emulator, name, exit_code):
    users = emulator.generate(30)
    program.write_list(users)
    with program.start("remove", "list.csv", "--yes", 30, "--write-quota", "10/60s", "--json") as process:
        emulator.wait(attempts=10)
        process.send_signal(signal.Signals[name])
        left = ended(process)
    assert left.exit == exit_code and left.last()["exit"] == exit_code
    assert follow(program, left.last()["next"] + " --write-quota 100000/1s").exit == 0
    assert len(set(emulator.acted())) == len(emulator.acted()) == 30


def test_a_hang_up_that_the_program_was_started_to_ignore_stops_nothing(program, emulator):
    program.write_list(emulator.generate(20))
    emulator.hold(5)
    ignore = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
    with program.start("remove", "list.csv", "--yes", 20, *FREE, **ignore) as process:
        emulator.wait(held=1)
        process.send_signal(signal.SIGHUP)
        emulator.ask("DELETE", "hold")
        emulator.release()
        assert ended(process).exit == 0
    assert len(emulator.acted()) == 20


def says(process, text):
    """Waits until the standard error has a line with a text."""
    late = threading.Timer(PATIENCE, process.kill)
    late.start()
    said = any(text in line for line in process.stderr)
    late.cancel()
    assert said, text


@pytest.mark.windows
def test_the_list_of_a_case_that_has_begun_goes_on_after_a_question(on_terminal, program, emulator):
    users = emulator.generate(30)
    program.write_list(users)
    with program.start("remove", "list.csv", "--yes", 30, "--write-quota", "10/60s") as process:
        emulator.wait(attempts=10)
        process.send_signal(signal.SIGINT)
        assert ended(process).exit == 130
    before = emulator.acted()
    for answer in ("\n", "n\n", "30\n", END_OF_INPUT):
        typing = on_terminal("remove", "list.csv", *FREE)
        typing.until("list.jsonl is the journal of this list, and a run has begun in it. Go on with it? [y/N] ")
        typing.type(answer)
        assert typing.end()[0] == 5, typing.seen
        assert "graph-devices remove list.jsonl" in typing.seen
    typing = on_terminal("remove", "list.csv", "--yes", 30, *FREE)
    assert typing.end()[0] == 2 and "graph-devices remove list.jsonl" in typing.seen
    assert emulator.acted() == before
    typing = on_terminal("remove", "list.csv", *FREE)
    typing.until("Go on with it? [y/N] ")
    typing.type("y\n")
    left = 30 - len(before)
    typing.until(f"Type {left} to retire")
    typing.type(f"{left}\n")
    assert typing.end()[0] == 0, typing.seen
    acted = emulator.acted()
    assert len(acted) == len(set(acted)) == 30
    assert [run["mode"] for run in program.records("list.jsonl", "run")] == ["preview", "run", "run"]


@pytest.mark.windows
def test_approvals_one_by_one(program, emulator):
    people = [DIEGO, OBRIEN]
    accept = ("--accept-warning", "entra_joined_windows")
    last = program(
        "remove",
        *people,
        "--yes",
        2,
        "--journal",
        "j.jsonl",
        "--justification",
        "left",
        "--json",
        *accept,
        token="approval-token",
    )
    assert last.exit == 4, last.err
    assert last.last()["counts"] == {"awaiting_approval": 1} and emulator.acted() == []
    codes = set()
    for _ in people:
        for row in program.records("j.jsonl", "result"):
            if row.get("approval_code"):
                codes.add(row["approval_code"])
                emulator.ask("POST", f"approvals/{row['approval_code']}", {"status": "approved"})
        words = shlex.split(last.last()["next"])
        last = program(*words[1:], "--json", token="approval-token")
    assert last.exit == 0, last.err
    assert last.last()["counts"] == {"accepted": 2}
    sent = [action["approval_code"] for action in emulator.actions() if action["acted"]]
    assert len(sent) == 2 and set(sent) == codes


@pytest.mark.windows
def test_a_preview_that_was_cut_off_is_not_carried_out(program, emulator):
    users = emulator.generate(400)
    program.write_list(users)
    emulator.ask("POST", "hold", {"match": "users", "after": 20})
    with program.start("preview", "list.csv", "--journal", "j.jsonl") as process:
        emulator.wait(held=1)
        process.kill()
    emulator.release()
    refused = program("remove", "j.jsonl", "--yes", 400, "--json")
    assert refused.exit == 2 and refused.last()["next"] == "graph-devices remove list.csv --journal j.jsonl"
    done = program("remove", "list.csv", "--journal", "j.jsonl", "--yes", 400, *FREE)
    assert done.exit == 0 and len(emulator.acted()) == 400


@pytest.mark.windows
@pytest.mark.parametrize("words", [["remove", "--yes", 1], ["verify"]], ids=["remove", "verify"])
def test_a_journal_is_written_by_one_run_at_a_time(program, emulator, words):
    emulator.hold(0)
    with program.start("remove", DIEGO, "--yes", 1, "--journal", "j.jsonl") as process:
        emulator.wait(held=1)
        before = emulator.requests()
        refused = program(*words, "j.jsonl", "--json")
        assert refused.exit == 2 and "in use by another run" in refused.last()["message"]
        assert emulator.requests() == before
        process.kill()


@pytest.mark.windows
def test_verify_says_what_became_of_the_devices(program, emulator):
    assert program("remove", DIEGO, "--yes", 1, "--journal", "j.jsonl").exit == 0
    assert program("verify", "j.jsonl", "--json").exit == 4
    (device,) = program.records("j.jsonl", "read")[-1]["devices"]
    emulator.ask("DELETE", f"devices/{device['id']}")
    ended = program("verify", "j.jsonl", "--json")
    assert ended.exit == 0 and ended.last()["counts"] == {"gone": 1}
    assert [line["verdict"] for line in ended.lines("verified")] == ["gone"]


@pytest.mark.windows
def test_verify_only_pending_leaves_out_those_whose_devices_are_gone(program, emulator):
    people = [DIEGO, TABLET]
    assert program("remove", *people, "--yes", 2, "--journal", "j.jsonl").exit == 0
    devices = {read["user"]: read["devices"] for read in program.records("j.jsonl", "read")}
    assert program("verify", "j.jsonl", "--only", "pending").exit == 4
    for device in devices[DIEGO]:
        emulator.ask("DELETE", f"devices/{device['id']}")
    all_asked = program("verify", "j.jsonl", "--only", "pending", "--json")
    assert all_asked.exit == 4 and all_asked.last()["counts"] == {"gone": 1, "pending": 1}
    before = len(emulator.ask("GET", "reads"))
    ended = program("verify", "j.jsonl", "--only", "pending", "--json")
    reads = emulator.ask("GET", "reads")[before:]
    assert ended.exit == 4 and [line["user"] for line in ended.lines("verified")] == [TABLET]
    assert len(reads) == len(devices[TABLET]), reads
    assert ended.last()["next"] == "graph-devices verify j.jsonl --only pending"
    for device in devices[TABLET]:
        emulator.ask("DELETE", f"devices/{device['id']}")
    assert program("verify", "j.jsonl", "--only", "pending").exit == 0
    nothing_left = program("verify", "j.jsonl", "--only", "pending", "--json")
    assert nothing_left.exit == 0 and nothing_left.lines("verified") == []
    assert program("verify", "j.jsonl", "--json").last()["counts"] == {"gone": 2}


def test_a_verification_that_is_stopped_keeps_what_it_has_found(program, emulator):
    users = emulator.generate(60)
    program.write_list(users)
    assert program("remove", "list.csv", "--yes", 60, *FREE).exit == 0
    devices = {device["id"] for read in program.records("list.jsonl", "read") for device in read["devices"]}
    for device in devices:
        emulator.ask("DELETE", f"devices/{device}")
    emulator.ask("POST", "hold", {"match": "batch", "after": 1})
    with program.start("verify", "list.jsonl", "--only", "pending", "--json") as process:
        emulator.wait(held=1)
        process.send_signal(signal.SIGINT)
        says(process, b"stopping: ")
        emulator.ask("DELETE", "hold")
        emulator.release()
        left = ended(process)
    found = [line["user"] for line in left.lines("verified")]
    assert left.exit == 130 and 20 <= len(found) < 60
    assert [line["user"] for line in program.records("list.jsonl", "verify")] == found
    done = follow(program, left.last()["next"])
    rest = [line["user"] for line in done.lines("verified")]
    assert done.exit == 0 and sorted(found + rest) == users


@pytest.mark.windows
def test_a_failed_retire_is_left_for_a_person(program, emulator):
    assert program("remove", DIEGO, "--yes", 1, "--journal", "j.jsonl").exit == 0
    (device,) = program.records("j.jsonl", "read")[-1]["devices"]
    emulator.ask("PATCH", f"devices/{device['id']}", {"managementState": "retireFailed"})
    ended = program("verify", "j.jsonl")
    assert ended.exit == 1 and "needs_person" in ended.out


def test_without_a_preview(program, emulator):
    users = emulator.generate(10)
    program.write_list(users)
    assert program("remove", "list.csv", "--no-preview").exit == 2
    assert program("remove", "list.csv", "--no-preview", "--yes", 9).exit == 5
    done = program("remove", "list.csv", "--no-preview", "--no-read", "--yes", 10, *FREE)
    assert done.exit == 0 and len(emulator.acted()) == 10
    assert not any("Devices" in read["what"] for read in emulator.ask("GET", "reads"))
    os.remove(program.folder / "list.jsonl")


def test_without_a_preview_the_list_goes_on(program, emulator):
    program.write_list(emulator.generate(4))
    emulator.faults({"match": "removeAll", "status": 401, "times": 99})
    cut = program("remove", "list.csv", "--no-preview", "--yes", 4, "--journal", "list.jsonl", "--json")
    assert cut.exit == 3
    emulator.ask("DELETE", "faults")
    refused = program("remove", "list.jsonl", "--yes", 4, "--json")
    assert refused.exit == 2
    assert sorted(shlex.split(refused.last()["next"])) == sorted(shlex.split(cut.last()["next"]))
    assert follow(program, cut.last()["next"]).exit == 0
    assert len(emulator.acted()) == 4


def test_the_command_that_gives_the_list_again_has_all_of_its_options(program, emulator):
    text = f"Work Email|Note\n{DIEGO}|a\n{OBRIEN}|b\n"
    (program.folder / "people.txt").write_text(text, encoding="utf-8")
    emulator.faults({"match": "removeAll", "status": 401, "times": 99})
    options = ["--column", "Work Email", "--delimiter", "|", "--accept-warning", "entra_joined_windows"]
    options += ["--exclude", TABLET, "--max-devices", 5, "--initiated-by", "the service desk"]
    options += ["--justification", "they've left", "--write-quota", "500/90s", "--read-quota", "5000/2s", "--batch", 2]
    cut = program("remove", "people.txt", *options, "--no-preview", "--yes", 2, "--json")
    assert cut.exit == 3, cut.err
    command = cut.last()["next"]
    emulator.ask("DELETE", "faults")
    assert follow(program, command).exit == 0
    assert len(emulator.acted()) == 2
    first, second = program.records("people.jsonl", "run")
    same = ("options", "justification", "initiated_by", "exclusions", "input", "consent")
    assert [first.get(name) for name in same] == [second.get(name) for name in same]


def test_a_preview_that_failed_names_the_same_options(program, emulator):
    (program.folder / "people.csv").write_text(f"Mail\n{OBRIEN}\n", encoding="utf-8")
    emulator.faults({"match": "", "status": 401, "times": 99})
    options = ["--column", "Mail", "--accept-warning", "entra_joined_windows"]
    cut = program("remove", "people.csv", *options, "--yes", 1, "--json")
    assert cut.exit == 3, cut.err
    emulator.ask("DELETE", "faults")
    assert follow(program, cut.last()["next"]).exit == 0
    assert len(emulator.acted()) == 1


def test_without_a_preview_the_journal_of_another_list_is_refused(program, emulator):
    """It could show people as done whose devices were enrolled later."""
    words = ["--no-preview", "--yes", 2, "--journal", "j.jsonl"]
    assert program("remove", program.write_list([DIEGO]), *words).exit == 0
    for other in ([program.write_list([DIEGO, TABLET], "other.csv")], [TABLET]):
        refused = program("remove", *other, *words)
        assert refused.exit == 2 and "the journal of another list" in refused.err
    assert len(emulator.acted()) == 1


def test_a_preview_has_nothing_to_verify(program, emulator):
    assert program("preview", DIEGO, "--journal", "p.jsonl").exit == 0
    before = emulator.requests()
    refused = program("verify", "p.jsonl", "--json")
    assert refused.exit == 2 and refused.last()["next"] == "graph-devices remove p.jsonl"
    assert emulator.requests() == before


def test_a_run_that_ordered_nothing_has_no_device_to_look_for(program, emulator):
    assert program("remove", "nobody@contoso.com", "--journal", "j.jsonl", "--no-preview", "--yes", 1).exit == 1
    ended = program("verify", "j.jsonl")
    assert ended.exit == 0
    assert "There were no devices to look for." in ended.out
    assert "gone" not in ended.out
