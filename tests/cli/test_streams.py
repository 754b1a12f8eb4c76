"""What goes to which stream, for a person and for a program."""

import contextlib
import fcntl
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import time

import pytest
from process import DIEGO, FREE, OBRIEN, ended, until


def ends(program, emulator):
    """A command for each way to end, with the exit code and a token."""
    yield ["remove", DIEGO, "--yes", 1, "--journal", "0.jsonl"], 0, "demo-token"
    yield ["remove", OBRIEN, "--yes", 1, "--journal", "1.jsonl"], 1, "demo-token"
    yield ["remove", "no-such-list.csv", "--yes", 1], 2, "demo-token"
    yield ["remove", DIEGO, "--yes", 1, "--no-such-option"], 2, "demo-token"
    yield ["remove", DIEGO, "--yes", 1, "--journal", "3.jsonl"], 3, "expired-token"
    yield ["verify", "0.jsonl"], 4, "demo-token"
    yield ["remove", DIEGO], 5, "demo-token"


@pytest.mark.windows
def test_json_lines_alone_and_the_exit_code_in_the_last(program, emulator):
    seen = set()
    for args, exit_code, value in ends(program, emulator):
        done = program(*args, "--json", token=value)
        assert done.exit == exit_code, (args, done.out, done.err)
        assert all(next(iter(line)) == "type" for line in done.lines())
        assert done.last()["exit"] == exit_code
        seen.add(exit_code)
    assert seen == {0, 1, 2, 3, 4, 5}


def test_an_interrupted_verb_without_a_run_has_its_last_line_too(program, emulator):
    emulator.ask("POST", "hold", {"match": "managedDevices", "after": 0})
    with program.start("devices", DIEGO, "--json") as process:
        emulator.wait(held=1)
        process.send_signal(signal.SIGINT)
        left = ended(process)
    assert left.exit == 130 and left.last()["type"] == "error"
    assert "Traceback" not in left.err


@pytest.mark.windows
def test_a_reader_that_leaves_does_not_end_the_run(program, emulator):
    users = emulator.generate(300)
    program.write_list(users)
    with program.start("remove", "list.csv", "--yes", 300, *FREE, stderr=subprocess.DEVNULL) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=90) == 0
    accepted = [line for line in program.records("list.jsonl", "result") if line["outcome"] == "accepted"]
    assert len(accepted) == 300


def narrow(pipe):
    """Makes a pipe hold one page, so that its writer waits for the reader early."""
    fcntl.fcntl(pipe, 1031, 4096)  # F_SETPIPE_SZ has a name since Python 3.10.


def accepted(program):
    journal = program.folder / "list.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    return sum('"outcome":"accepted"' in line for line in lines)


@pytest.mark.parametrize("json_lines", [[], ["--json"]], ids=["rows", "json"])
def test_a_reader_that_stalls_does_not_stall_the_run_and_loses_nothing(program, emulator, json_lines):
    users = emulator.generate(300)
    program.write_list(users)
    with program.start("remove", "list.csv", "--yes", 300, *FREE, *json_lines) as process:
        narrow(process.stdout)
        emulator.wait(attempts=300)
        until(lambda: accepted(program) == 300)
        left = ended(process)
    assert left.exit == 0
    for user in users:
        assert sum(user in line and "accepted" in line for line in left.out.splitlines()) == 1
    assert left.last()["exit"] == 0 if json_lines else "accepted 300." in left.out


def test_a_terminal_that_stalls_does_not_stall_the_run(program, emulator):
    program.write_list(emulator.generate(300))
    ours, theirs = pty.openpty()
    with program.start("remove", "list.csv", "--yes", 300, *FREE, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        emulator.wait(attempts=300)
        until(lambda: accepted(program) == 300)
        seen = b""
        with contextlib.suppress(OSError):  # the end of a terminal that its last user has left
            while part := os.read(ours, 65536):
                seen += part
        assert process.wait(timeout=90) == 0
    os.close(ours)
    assert b"accepted 300." in seen


def test_a_run_is_stopped_although_its_reader_stalls(program, emulator):
    program.write_list(emulator.generate(300))
    with program.start("remove", "list.csv", "--yes", 300, "--write-quota", "20/60s") as process:
        narrow(process.stdout)
        emulator.wait(attempts=20)
        until(lambda: accepted(program) == 20)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        # The standard error is read, the standard output is not.
        said = process.stderr.read().decode()
        assert process.wait(timeout=90) == 130 and time.monotonic() - began < 2
    (command,) = re.findall(r"stopped; go on with: graph-devices (.*)", said)
    done = program(*shlex.split(command), *FREE)
    assert done.exit == 0, done.err
    assert len(set(emulator.acted())) == len(emulator.acted()) == 300


def test_a_program_whose_reader_stalls_at_the_end_can_be_stopped(program, emulator):
    program.write_list(emulator.generate(300))
    with program.start("remove", "list.csv", "--yes", 300, *FREE) as process:
        narrow(process.stdout)
        emulator.wait(attempts=300)
        until(lambda: len(program.records("list.jsonl", "end")) == 2)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        # The signal can come so late that the exit code is decided.
        assert process.wait(timeout=90) in (0, 130) and time.monotonic() - began < 2
    assert accepted(program) == 300


@pytest.mark.windows
def test_a_log_has_few_lines_of_progress_and_no_control_characters(program, emulator):
    """The quota is the service's, so that the run also meets pauses."""
    users = emulator.generate(120, quota={"writes": 40, "seconds": 1})
    program.write_list(users)
    with open(program.folder / "log", "wb") as log:
        done = program("remove", "list.csv", "--yes", 120, *FREE, stderr=log)
    log = (program.folder / "log").read_text(encoding="utf-8")
    assert done.exit == 0, log
    assert any(emulator.ask("GET", "state")["traffic"]["writes_throttled"])
    assert not re.search(r"[\x1b\r]", log + done.out)
    progress = [line for line in log.splitlines() if line.startswith(("reading", "retiring"))]
    assert 1 <= len(progress) <= 4, log


def test_quiet_prints_errors_only(program, emulator):
    done = program("remove", DIEGO, "--yes", 1, "-q")
    assert (done.exit, done.out) == (0, "") and "retiring" not in done.err
    refused = program("remove", DIEGO, "-q")
    assert refused.exit == 5 and refused.err


def test_progress_lines_are_asked_for(program, emulator):
    users = emulator.generate(60)
    program.write_list(users)
    args = ["--yes", 60, "--write-quota", "20/1s", "--json"]
    done = program("remove", "list.csv", *args, "--progress", "always")
    assert done.lines("progress")[-1]["total"] == 60
    done = program("remove", "list.csv", "--journal", "b.jsonl", *args)
    assert done.lines("progress") == []


@pytest.mark.windows
@pytest.mark.parametrize(
    "verb", ["doctor", "devices", "preview", "remove", "verify", "report", "explain", "completions"]
)
def test_each_verb_has_help_with_examples(program, emulator, verb):
    done = program(verb, "--help")
    assert done.exit == 0 and f"Usage: graph-devices {verb}" in done.out and done.err == ""


@pytest.mark.windows
def test_a_word_is_explained(program):
    done = program("explain", "needs_consent", "--json")
    assert done.exit == 0 and [line["word"] for line in done.lines("explained")] == ["needs_consent"]
    assert program("explain", "no-such-word").exit == 2


@pytest.mark.windows
def test_the_summary_has_the_hash_of_the_journal(program, emulator):
    import hashlib

    last = program("remove", DIEGO, "--yes", 1, "--journal", "j.jsonl", "--json").last()
    content = (program.folder / "j.jsonl").read_bytes()
    assert last["journal_bytes"] == len(content)
    assert last["journal_sha256"] == hashlib.sha256(content).hexdigest()
    assert json.dumps(last)
