"""What tests share: the emulator, one process per session and used over its socket, and a client of it."""

import json
import os
import signal
import subprocess
import urllib.request

import pytest
from graph_devices import Client, UserResult

ADELE = "10000000-0000-4000-8000-000000000001"
DIEGO = "diego@contoso.com"
#: More than a test sends.
FREE = {"write_quota": (100_000, 1), "read_quota": (100_000, 1)}

# A shell's background job ignores Ctrl-C, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Emulator:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + "/_emulator/" + path, data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=90) as answer:
            return json.loads(answer.read() or b"null")

    def faults(self, *faults):
        self.ask("POST", "faults", list(faults))

    def log(self):
        return self.ask("GET", "log")

    def actions(self):
        """One entry for each attempt to retire a user's devices."""
        return self.ask("GET", "actions")

    def generate(self, count, **parts):
        """Replaces the users by `count` users with one iPhone each; returns their names."""
        rule = {"users": count, "devices": 1, "operating_systems": ["iOS"]}
        self.ask("POST", "reset", {"users": [], "generate": rule, **parts})
        return [f"user-{number:06}@contoso.com" for number in range(1, count + 1)]

    def hold(self, after, point="acted"):
        """Holds every retire after the first `after`."""
        self.ask("POST", "hold", {"match": "removeAll", "after": after, "point": point})

    def release(self):
        self.ask("POST", "release")

    def wait(self, **reached):
        """Waits until the given numbers are reached, such as `held=2`."""
        reached["seconds"] = 60
        assert self.ask("GET", "wait?" + "&".join(f"{name}={value}" for name, value in reached.items()))["reached"]

    def wait_for_request(self):
        """Waits until the emulator has received a request."""
        while not self.ask("GET", "state")["counts"]["requests"]:
            pass


@pytest.fixture(scope="session")
def process():
    with subprocess.Popen(
        [os.environ["GRAPH_EMULATOR"], "--port", "0", "--stdin-guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield Emulator(json.loads(process.stdout.readline())["endpoint"])
        process.stdin.close()


@pytest.fixture
def emulator(process):
    process.ask("POST", "release")
    process.ask("POST", "reset", {})
    yield process
    process.ask("POST", "release")


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal.jsonl"


def records(journal, event):
    """The lines of a journal with an event."""
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["event"] == event]


@pytest.fixture
def client(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        yield client


def results(events):
    return {event.user: event for event in events if isinstance(event, UserResult)}


def outcome_of(result):
    return result.outcome, result.reason
