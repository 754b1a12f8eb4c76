"""The emulator, one for the session, spoken to over its socket."""

import json
import os
import subprocess
import urllib.request

import pytest

ADELE = "10000000-0000-4000-8000-000000000001"


class Emulator:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + "/_emulator/" + path, data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def faults(self, *faults):
        self.ask("POST", "faults", list(faults))

    def log(self):
        return self.ask("GET", "log")

    def wait_for_request(self):
        """Returns once the emulator has received a request."""
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
    process.ask("POST", "reset", {})
    return process
