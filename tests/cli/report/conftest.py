"""Journals made by runs against the emulator, and the program that reports them."""

import hashlib
import json
import os
import re
import subprocess
import urllib.request

import pytest
from graph_devices import Client

ADELE, DIEGO, LEE, OBRIEN = "adele@contoso.com", "diego@contoso.com", "lee@contoso.com", "o'brien@contoso.com"
TABLET, NO_ONE = "first.last+tag@contoso.com", "no-one@contoso.com"
PEOPLE = [ADELE, DIEGO, LEE, OBRIEN, TABLET, NO_ONE]
#: More than a test sends.
FREE = {"write_quota": (100_000, 1), "read_quota": (100_000, 1)}


class Emulator:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + "/_emulator/" + path, data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=90) as answer:
            return json.loads(answer.read() or b"null")

    def devices(self, user):
        """The ids of a user's devices."""
        (found,) = (one for one in self.ask("GET", "state")["users"] if one["userPrincipalName"] == user)
        return [device["id"] for device in found["devices"]]


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
    process.ask("POST", "reset", {})
    return process


@pytest.fixture
def client(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        yield client


class Case:
    """A list, and the journal of what was done with it."""

    def __init__(self, client, folder):
        self.client = client
        self.folder = folder
        self.journal = folder / "leavers.jsonl"
        self.list = folder / "leavers.csv"

    def write_list(self, people):
        rows = [f"E{1000 + at};{user};2026-06-{at + 1:02}" for at, user in enumerate(people)]
        text = "\r\n".join(["Employee ID;UserPrincipalName;Leaving date", *rows, ""])
        self.list.write_bytes(text.encode())
        return self.list.name, hashlib.sha256(self.list.read_bytes()).hexdigest()

    def run(self, people):
        """A preview, and a run that is held to it, in one journal."""
        accept = {"accept_warning": ["entra_joined_windows"]}
        list(self.client.preview(people, journal=self.journal, **accept))
        named = {"input_list": self.write_list(people), "machine": "jump01", "initiated_by": "it@contoso.com"}
        with self.client.run(people, resume=self.journal, plan=self.journal, **FREE, **accept, **named) as events:
            list(events)
        return self

    def verify(self):
        list(self.client.verify(self.journal))
        return self

    def sha256(self):
        return hashlib.sha256(self.journal.read_bytes()).hexdigest()

    def report(self, *args, exit=0):
        """What the program prints, of this journal unless another follows `--`."""
        return report(*args, self.journal, cwd=self.folder, exit=exit)

    def page(self, *args):
        self.report("--force", "-o", "page.html", *args)
        return (self.folder / "page.html").read_text(encoding="utf-8")

    def json(self, *args):
        return json.loads(self.report("--format", "json", *args).stdout)


@pytest.fixture
def case(client, tmp_path):
    return Case(client, tmp_path)


def report(*args, cwd, exit=0):
    done = subprocess.run(
        [os.environ["GRAPH_DEVICES_COMMAND"], "report", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        timeout=60,
        # It needs neither token nor network.
        env={"PATH": os.environ["PATH"], "https_proxy": "http://127.0.0.1:1"},
    )
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == exit, (done.stdout, done.stderr)
    return done


def rows_of(page):
    """The table rows of the people, as HTML."""
    (body,) = re.findall(r'<table id="all">.*?<tbody>(.*?)</tbody>', page, re.S)
    return re.findall(r"<tr .*?</tr>", body, re.S)
