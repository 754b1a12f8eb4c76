"""The host process: other threads, Ctrl-C, forks, exit, and the cost of an import."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ADELE
from graph_devices import Client, GraphDevicesError


def python(script, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, timeout=60, stdout=subprocess.PIPE, text=True, **options
    ).stdout


def test_other_threads_run_while_a_call_waits(emulator):
    emulator.faults({"hang": True})
    result = []

    def call():
        try:
            Client("demo-token", endpoint=emulator.endpoint, timeout=3, max_attempts=1).remove_all_devices(ADELE)
        except GraphDevicesError as error:
            result.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    emulator.wait_for_request()
    steps = 0
    while thread.is_alive():
        steps += 1
    assert steps > 1000
    assert isinstance(result[0], TimeoutError) and result[0].effect == "possible"


@pytest.mark.parametrize("call", ["remove_all_devices", "managed_devices"])
def test_ctrl_c_ends_a_call_at_once(emulator, call):
    emulator.faults({"hang": True})
    script = (
        "import sys\n"
        "from graph_devices import Client\n"
        "try:\n"
        "    Client('demo-token', endpoint=sys.argv[1], timeout=600, deadline=600)."
        f"{call}(sys.argv[2])\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, emulator.endpoint, ADELE], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            emulator.wait_for_request()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert output == "interrupted\n" and process.returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_may_use_close_or_drop_a_client(emulator):
    script = (
        "import os, sys\n"
        "from graph_devices import Client\n"
        "client = Client('demo-token', endpoint=sys.argv[1])\n"
        "client.remove_all_devices(sys.argv[2])\n"
        "for action in ('client.remove_all_devices(sys.argv[2])', 'client.close()', 'del client', 'pass'):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        exec(action)\n"
        "        sys.exit(7)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7, action\n"
        "client.remove_all_devices(sys.argv[2])\n"
    )
    python(script, emulator.endpoint, ADELE)
    first, child, last = (entry["connection"] for entry in emulator.log())
    assert first == last != child


def test_one_client_serves_many_threads(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client, ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(client.remove_all_devices, [ADELE] * 32))
    assert len({receipt.client_request_id for receipt in receipts}) == len(emulator.log()) == 32


def test_exit_does_not_wait_for_a_call(emulator):
    emulator.faults({"hang": True})
    script = (
        "import sys, threading\n"
        "from graph_devices import Client\n"
        "client = Client('demo-token', endpoint=sys.argv[1], timeout=600, deadline=600)\n"
        "threading.Thread(target=client.remove_all_devices, args=[sys.argv[2]], daemon=True).start()\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, emulator.endpoint, ADELE], stdin=subprocess.PIPE) as process:
        try:
            emulator.wait_for_request()
            process.stdin.close()
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()


def test_an_import_loads_little():
    script = "import sys; before = set(sys.modules); import graph_devices; print(*(set(sys.modules) - before))"
    loaded = set(python(script).split())
    assert "graph_devices" in loaded
    assert not loaded & {
        "asyncio",
        "dataclasses",
        "email",
        "http",
        "inspect",
        "json",
        "logging",
        "pathlib",
        "socket",
        "ssl",
    }
    assert not loaded & {"atexit", "hashlib", "graph_devices._devices", "graph_devices._events", "graph_devices._run"}


def test_names_that_load_later_exist():
    script = "import graph_devices as g; assert set(g.__all__) <= set(dir(g)); print(*(getattr(g, n).__module__ for n in g.__all__))"
    assert "graph_devices._run" in python(script)
    assert python("from graph_devices import *; print(Run, UserResult, DeviceList, Results)")
    with pytest.raises(AttributeError):
        __import__("graph_devices").no_such_name  # noqa: B018
