"""A run and its host process: kill, interrupt, fork, exit; threads and memory."""

import asyncio
import copy
import gc
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref

import graph_devices
import pytest
from conftest import FREE, records
from graph_devices import Client, UserResult

#: The longest wait on a busy machine, in seconds.
PATIENCE = 120

#: Runs users 1 to N with a journal, and prints the events.
RUN = """
import itertools, sys
from graph_devices import Client, UserResult
endpoint, journal, count = sys.argv[1:]
users = (f"user-{number:06}@contoso.com" for number in range(1, int(count) + 1))
client = Client("demo-token", endpoint=endpoint)
try:
    for event in client.run(users, journal=journal, write_quota=(100000, 1)):
        if isinstance(event, UserResult):
            print(event.user, event.outcome, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture
def child(emulator, journal):
    started = []

    def start(count, script=RUN):
        # Newer versions warn about a fork in a process with threads.
        command = [
            sys.executable,
            "-W",
            "ignore::DeprecationWarning",
            "-c",
            script,
            emulator.endpoint,
            str(journal),
            str(count),
        ]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def acted(emulator):
    return [action["user"] for action in emulator.actions() if action["acted"]]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("point", ["arrived", "acted"])
def test_a_killed_run_is_resumed_and_no_user_is_sent_twice(emulator, journal, child, point):
    users = emulator.generate(120)
    emulator.hold(40, point)
    process = child(120)
    emulator.wait(held=16)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=PATIENCE)
    emulator.release()
    emulator.wait(idle="true")
    before = len(acted(emulator))
    assert before >= 40
    report = Client("demo-token", endpoint=emulator.endpoint).remove_all_devices_bulk(users, resume=journal, **FREE)
    assert report.unfinished == () and report.counts.skipped >= 39
    if point == "acted":
        assert report.counts.confirmed == 16
    assert sorted(acted(emulator)) == sorted(set(acted(emulator))) and len(acted(emulator)) == 120


def test_ctrl_c_raises_at_once_and_requests_in_flight_are_recorded(emulator, journal, child):
    emulator.generate(120)
    emulator.hold(40)
    process = child(120)
    emulator.wait(held=16)
    process.send_signal(signal.SIGINT)
    lines = iter(process.stdout.readline, "")
    assert "interrupted\n" in lines
    # It has left the loop while the answers are still held; they come while Python exits.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    emulator.release()
    assert process.wait(timeout=PATIENCE) == 0
    sent = {line["user"] for line in records(journal, "sent")}
    accepted = {line["user"] for line in records(journal, "result") if line["outcome"] == "accepted"}
    assert sent == accepted and len(sent) == len(acted(emulator)) == 56 and records(journal, "end")


def test_exit_does_not_wait_for_an_answer_forever(emulator, journal, child):
    emulator.generate(3)
    emulator.faults({"match": "removeAll", "hang": True})
    process = child(3)
    emulator.wait(attempts=1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) == 0
    assert len(records(journal, "sent")) == 1 and records(journal, "end") == []


def test_a_run_that_was_dropped_is_recorded_to_its_end(emulator, journal, child):
    emulator.generate(50)
    script = RUN.replace("print(event.user, event.outcome, flush=True)", "break")
    assert child(50, script).wait(timeout=PATIENCE) == 0
    sent = {line["user"] for line in records(journal, "sent")}
    assert sent and sent == {line["user"] for line in records(journal, "result") if line["outcome"] == "accepted"}
    assert len(records(journal, "end")) == 1


def test_another_thread_may_stop_a_run(emulator):
    users = emulator.generate(200)
    emulator.hold(20)
    run = Client("demo-token", endpoint=emulator.endpoint).run(users, **FREE)

    def stop():
        emulator.wait(held=16)
        run.stop()
        emulator.release()

    thread = threading.Thread(target=stop)
    thread.start()
    *events, summary = run
    thread.join()
    assert summary.ended_by is None and summary.counts.accepted == 36 == len(acted(emulator))
    assert {result.reason for result in events if isinstance(result, UserResult) and result.outcome == "skipped"} == {
        "stopped"
    }


@pytest.mark.parametrize("way", [Client.run, Client.preview])
def test_a_run_whose_last_event_another_thread_took_has_ended(emulator, journal, way):
    users = emulator.generate(3)
    run = way(Client("demo-token", endpoint=emulator.endpoint), users, journal=journal)
    for other in (lambda: run._native.next(0), lambda: list(run), lambda: run.close()):
        thread = threading.Thread(target=other)
        # Directly in the native module: another thread takes the last event.
        while (event := run._native.next(1)) is None or event[0] != "over":
            if event is not None and event[0] == "need_users":
                run._native.end_users()
        thread.start()
        thread.join(PATIENCE)
    run._over = False
    assert list(run) == [] and next(run, None) is None
    run.close()


#: Interrupts the main thread while a long journal is read.
READING = """
import glob, os, signal, sys, threading
from graph_devices import Client
endpoint, journal, way = sys.argv[1:]
over = False
def interrupt():
    while not over:
        for name in glob.glob("/proc/self/task/*/comm"):
            try:
                with open(name) as file:
                    if file.read().startswith("graph-devices-b"):
                        return os.kill(os.getpid(), signal.SIGINT)
            except OSError:
                pass
client = Client("demo-token", endpoint=endpoint)
begin = {
    "resume": lambda: client.run(["diego@contoso.com"], resume=journal),
    "plan": lambda: client.run(["diego@contoso.com"], plan=journal),
    "verify": lambda: client.verify(journal),
}[way]
thread = threading.Thread(target=interrupt)
try:
    thread.start()
    begin()
    over = True
    print("began")
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="this system does not list its threads")
@pytest.mark.parametrize("way", ["resume", "plan", "verify"])
def test_ctrl_c_raises_while_a_long_journal_is_read(emulator, journal, child, way):
    users = emulator.generate(1)
    client = Client("demo-token", endpoint=emulator.endpoint)
    list(client.preview(users, journal=journal) if way == "plan" else client.run(users, journal=journal))
    *lines, end = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([*lines[:-1], lines[-1] * 100_000, end]))
    assert child(way, READING).communicate(timeout=PATIENCE)[0] == "interrupted\n"


NO_THREADS = """
import os, resource, sys
from graph_devices import Client, ConnectError
endpoint, journal, count = sys.argv[1:]
client = Client("demo-token", endpoint=endpoint)
# Imports the modules that load later, because another user may not be able to read them.
list(client.run(["diego@contoso.com"]))
if os.getuid() == 0:
    # The limit does not apply to root.
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
assert len(client.managed_devices("diego@contoso.com")) == 1  # a call needs no thread
try:
    client.verify(journal)
except ConnectError as error:
    assert error.effect == "none" and "nothing was sent" in str(error)
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of threads is Linux's")
def test_a_system_that_starts_no_threads_is_a_connect_error(emulator, journal, child):
    output, errors = child(1, NO_THREADS).communicate(timeout=PATIENCE)
    assert output == "refused\n", errors


def copies_of(run):
    return [lambda: copy.copy(run), lambda: copy.deepcopy(run), lambda: pickle.dumps(run), lambda: copy.deepcopy([run])]


def test_a_run_cannot_be_copied_and_goes_on(emulator, capfd):
    users = emulator.generate(40)
    client = Client("demo-token", endpoint=emulator.endpoint)
    run, preview = client.run(users, **FREE), client.preview(users)
    for attempt in [*copies_of(run), *copies_of(preview)]:
        with pytest.raises(TypeError, match="cannot be (copied|pickled)"):
            attempt()
    gc.collect()
    assert weakref.ref(run)() is run
    assert [*run][-1].counts.accepted == 40 and len(list(preview)) == 40
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", [graph_devices.Run, graph_devices.Results])
def test_dropping_a_run_that_never_started_has_no_effect(kind, capfd):
    made = kind.__new__(kind)
    assert list(made) == [] and made.summary is None and repr(made).startswith("<")
    del made
    with pytest.raises(TypeError):
        kind()
    gc.collect()
    assert capfd.readouterr().err == ""


def test_other_threads_run_while_a_run_waits(emulator):
    emulator.generate(1)
    emulator.hold(0)
    done = []
    client = Client("demo-token", endpoint=emulator.endpoint)
    thread = threading.Thread(target=lambda: done.extend(client.run(["user-000001@contoso.com"])))
    thread.start()
    emulator.wait(held=1)
    steps = 0
    while steps < 100_000:
        steps += 1
    assert not any(isinstance(event, UserResult) for event in done)
    emulator.release()
    thread.join(PATIENCE)
    assert done[-1].counts.accepted == 1


def test_two_runs_of_one_client_go_on_at_the_same_time(emulator):
    users = emulator.generate(60)
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        first, second = client.run(users[:30], **FREE), client.run(users[30:], **FREE)
        ends = [[*events][-1] for events in (first, second)]
    assert [end.counts.accepted for end in ends] == [30, 30]


FORK = """
import os, sys
from graph_devices import Client, InvalidArgumentError
endpoint, journal, count = sys.argv[1:]
client = Client("demo-token", endpoint=endpoint)
users = [f"user-{number:06}@contoso.com" for number in range(1, int(count) + 1)]
run = client.run(users, journal=journal, write_quota=(100000, 1))
next(run)
def refused():
    try:
        next(run)
    except InvalidArgumentError as error:
        assert "process" in str(error)
        return
    raise AssertionError
for action in ("refused()", "run.stop(); refused()", "run.close()", "del run", "client.remove_all_devices(users[0])", "pass"):
    child = os.fork()
    if child == 0:
        exec(action)
        sys.exit(7)
    assert os.waitpid(child, 0)[1] >> 8 == 7, action
*_, summary = run
print(summary.counts.accepted)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_run_belongs_to_its_process(emulator, journal, child):
    emulator.generate(200)
    output, errors = child(200, FORK).communicate(timeout=PATIENCE)
    assert (output, errors) == ("200\n", "") and len(records(journal, "end")) == 1


def test_ctrl_c_in_the_callers_block_does_not_wait_for_answers(emulator):
    users = emulator.generate(3)
    emulator.hold(0)
    client = Client("demo-token", endpoint=emulator.endpoint, timeout=3, max_attempts=1)
    with pytest.raises(KeyboardInterrupt), client.run(users) as run:
        next(run)
        emulator.wait(held=1)
        raise KeyboardInterrupt
    # Closing waits for the answer, and then has the summary.
    assert run.summary is None and list(run) == []


@pytest.mark.parametrize("leave", [SystemExit, GeneratorExit, asyncio.CancelledError])
def test_leaving_the_block_waits_for_requests_in_flight(emulator, journal, leave):
    users = emulator.generate(3)
    emulator.faults({"match": "removeAll", "delay_ms": 700})
    client = Client("demo-token", endpoint=emulator.endpoint)
    with pytest.raises(leave), client.run(users, journal=journal) as run:
        next(run)
        emulator.wait(attempts=1)
        raise leave
    assert run.summary.counts.accepted == len(records(journal, "result")) == 1 and records(journal, "end")


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="this system has no SIGUSR1")
def test_an_exit_by_a_signal_waits_for_requests_in_flight(emulator, journal):
    users = emulator.generate(3)
    emulator.hold(0)

    def leave(*_):
        raise SystemExit(3)

    def signal_it():
        emulator.wait(held=1)
        os.kill(os.getpid(), signal.SIGUSR1)
        emulator.release()

    before = signal.signal(signal.SIGUSR1, leave)
    thread = threading.Thread(target=signal_it)
    client = Client("demo-token", endpoint=emulator.endpoint)
    try:
        with pytest.raises(SystemExit), client.run(users, journal=journal) as run:
            thread.start()
            list(run)
    finally:
        thread.join(PATIENCE)
        signal.signal(signal.SIGUSR1, before)
    sent = records(journal, "sent")
    assert run.summary.counts.accepted == len(sent) == len(records(journal, "result")) and records(journal, "end")


def test_an_iterator_that_exits_stops_the_run_and_raises_after_the_last_event(emulator, journal):
    def leaving():
        yield emulator.generate(1)[0]
        raise SystemExit(3)

    run = Client("demo-token", endpoint=emulator.endpoint).run(leaving(), journal=journal)
    with pytest.raises(SystemExit):
        list(run)
    assert run.summary.counts.accepted == len(records(journal, "result")) and records(journal, "end")


def test_an_interrupted_run_is_over(emulator):
    users = emulator.generate(500)

    def interrupted():
        yield from users[:40]
        raise KeyboardInterrupt

    run = Client("demo-token", endpoint=emulator.endpoint).run(interrupted(), **FREE)
    with pytest.raises(KeyboardInterrupt):
        list(run)
    emulator.hold(0)
    assert list(run) == [] and repr(run) == "<Run, stopped>"
    # It sends nothing more, though it was neither closed nor dropped.
    emulator.wait(idle="true")
    assert len(emulator.actions()) <= 40


def test_a_closed_or_dropped_run_keeps_no_reference_to_the_caller(emulator):
    users = emulator.generate(40)
    client = Client("demo-token", endpoint=emulator.endpoint)
    run = client.run(users)
    run.close()
    run.close()
    assert list(run) == [] and repr(run) == "<Run, done>"
    with client.preview(users) as preview:
        next(preview)
    assert preview.summary is not None
    with pytest.raises(StopIteration):
        next(preview)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="this system does not report its memory")
def test_memory_does_not_grow_with_the_users(emulator):
    script = """
import sys
from graph_devices import Client, UserResult
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
client = Client("demo-token", endpoint=sys.argv[1])
marks = []
for number, event in enumerate(client.run(f"{'x' * 200} line {number}" for number in range(120_000))):
    if number % 20_000 == 10_000:
        marks.append(resident())
print(*marks)
"""
    output = subprocess.run(
        [sys.executable, "-c", script, emulator.endpoint],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout
    marks = [int(mark) for mark in output.split()]
    # 120,000 lines of 200 characters are 24 MB, and their results several times that.
    assert len(marks) == 6 and marks[-1] - marks[0] < 8_000, marks


def test_the_journal_of_a_child_has_complete_lines(emulator, journal, child):
    emulator.generate(5)
    child(5).communicate(timeout=PATIENCE)
    for line in journal.read_text(encoding="utf-8").splitlines():
        json.loads(line)
    with pytest.raises(graph_devices.JournalError):
        Client("demo-token", endpoint=emulator.endpoint).run(["x"], journal=journal)
