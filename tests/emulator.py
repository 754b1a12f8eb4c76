"""The emulator, a process that tests use over its socket."""

import contextlib
import json
import os
import signal
import subprocess
import urllib.request

#: The longest that a test waits.
PATIENCE = 90

# A shell's background job ignores Ctrl-C, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Emulator:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + "/_emulator/" + path, data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")

    def reset(self, **parts):
        self.ask("POST", "reset", parts)

    def faults(self, *faults):
        self.ask("POST", "faults", list(faults))

    def log(self):
        return self.ask("GET", "log")

    def actions(self):
        """One entry for each attempt to retire a user's devices."""
        return self.ask("GET", "actions")

    def acted(self):
        """The users that were retired, an entry for each time."""
        return [action["user"] for action in self.actions() if action["acted"]]

    def requests(self):
        return self.ask("GET", "state")["counts"]["requests"]

    def generate(self, count, **parts):
        """Replaces the users by `count` users with one iPhone each; returns their names."""
        rule = {"users": count, "devices": 1, "operating_systems": ["iOS"]}
        self.reset(users=[], generate=rule, **parts)
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
        self.wait(requests=1)


@contextlib.contextmanager
def started():
    """A process of the emulator, for a session of tests."""
    with subprocess.Popen(
        [os.environ["GRAPH_EMULATOR"], "--port", "0", "--stdin-guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        yield Emulator(json.loads(process.stdout.readline())["endpoint"])
        process.stdin.close()


@contextlib.contextmanager
def as_new(emulator):
    """The emulator for one test: as if it had been started, and with nothing held at the end."""
    emulator.release()
    emulator.reset()
    yield emulator
    emulator.release()
