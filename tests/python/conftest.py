"""What tests share: the emulator, one process per session and used over its socket, and a client of it."""

import json

import pytest
from emulator import as_new, started
from graph_devices import Client, UserResult

ADELE = "10000000-0000-4000-8000-000000000001"
DIEGO = "diego@contoso.com"
#: More than a test sends.
FREE = {"write_quota": (100_000, 1), "read_quota": (100_000, 1)}


@pytest.fixture(scope="session")
def process():
    with started() as process:
        yield process


@pytest.fixture
def emulator(process):
    with as_new(process) as emulator:
        yield emulator


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
