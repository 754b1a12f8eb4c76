"""The program as a process of its own, with and without a terminal."""

import base64
import contextlib
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import threading
import time

from emulator import PATIENCE

ADELE, DIEGO, LEE, OBRIEN = "adele@contoso.com", "diego@contoso.com", "lee@contoso.com", "o'brien@contoso.com"
TABLET = "first.last+tag@contoso.com"
#: More than a test sends.
FREE = ["--write-quota", "100000/1s", "--read-quota", "100000/1s"]
#: What starts programs for another system, such as wine.
RUNNER = shlex.split(os.environ.get("GRAPH_DEVICES_RUNNER", ""))
WORDS = [*RUNNER, os.environ["GRAPH_DEVICES_COMMAND"]]
ON_WINDOWS = WORDS[-1].endswith(".exe")
#: Wine's console takes each key as it is, and draws what it shows in the size of the terminal.
CONSOLE = ["sh", "-c", 'stty raw -echo cols 160 rows 50 && exec "$0" "$@"'] if ON_WINDOWS else []
#: What a person types at the end of the input.
END_OF_INPUT = "\x1a\n" if ON_WINDOWS else "\x04"

# Below nohup a hang-up is ignored. What a process handles, its children do not inherit.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


class Ended:
    """How a program ended."""

    def __init__(self, exit_code, out, err):
        self.exit, self.out, self.err = exit_code, out, err

    def lines(self, kind=None):
        """The JSON Lines of the standard output, or those of one type."""
        lines = [json.loads(line) for line in self.out.splitlines()]
        return [line for line in lines if kind in (None, line["type"])]

    def last(self):
        """The last line, which has the exit code of the process."""
        last = self.lines()[-1]
        assert last["type"] in ("summary", "error") and last["exit"] == self.exit, (last, self.exit)
        return last


class Program:
    """The program in a folder of its own, without a terminal."""

    def __init__(self, emulator, folder):
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRAPH_", "COLUMNS"))}
        self.environment = {**kept, "GRAPH_DEVICES_ENDPOINT": emulator.endpoint, "GRAPH_TOKEN": "demo-token"}

    @contextlib.contextmanager
    def start(self, *args, token="demo-token", **how):
        """The process of the program. It does not outlive the test."""
        environment = {**self.environment, **how.pop("env", {})}
        environment.pop("GRAPH_TOKEN")
        if token is not None:
            environment["GRAPH_TOKEN"] = token
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        words = [*WORDS, *map(str, args)]
        with subprocess.Popen(words, cwd=self.folder, env=environment, start_new_session=True, **how) as process:
            try:
                yield process
            finally:
                process.kill()

    def __call__(self, *args, input=None, **how):
        if input is not None:
            how["stdin"] = subprocess.PIPE
        with self.start(*args, **how) as process:
            return ended(process, input)

    def write_list(self, users, name="list.csv"):
        (self.folder / name).write_text("".join(f"{user}\n" for user in users), encoding="utf-8")
        return name

    def records(self, journal, event):
        """The lines of a journal with an event."""
        text = (self.folder / journal).read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["event"] == event]


def until(is_so):
    """Waits until something is so that no event tells of."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def ended(process, input=None):
    """Takes what a program prints, to its end."""
    out, err = process.communicate(input, timeout=PATIENCE)
    return Ended(process.returncode, (out or b"").decode(), (err or b"").decode())


class Typing:
    """The program on a terminal of its own, and what a person sees there."""

    def __init__(self, program, *args, **how):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            environment = {**program.environment, "TERM": "xterm", **how.get("env", {})}
            os.chdir(program.folder)
            words = [*CONSOLE, *WORDS, *map(str, args)]
            os.execvpe(words[0], words, environment)
        self.drawn = b""
        self.changed = threading.Condition()
        self.exit = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while True:
            select.select([self.terminal], [], [])
            try:
                part = os.read(self.terminal, 65536)
            except OSError:
                part = b""
            with self.changed:
                self.drawn += part
                if not part:
                    self.exit = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                self.changed.notify_all()
            if not part:
                return

    @property
    def seen(self):
        text = self.drawn.decode(errors="replace")
        return text_of_console(text) if ON_WINDOWS else text

    def until(self, text):
        """Waits until a text is seen."""
        self.find(re.escape(text))

    def find(self, pattern):
        """Waits until a pattern is seen, and returns what it found."""
        with self.changed:
            found = self.changed.wait_for(lambda: re.search(pattern, self.seen, re.DOTALL), PATIENCE)
            assert found, self.seen
            return found

    def type(self, text):
        # The key Enter sends a carriage return.
        os.write(self.terminal, text.replace("\n", "\r").encode())

    def interrupt(self):
        """Types Ctrl-C while the program reads nothing: wine passes on only what is read."""
        if ON_WINDOWS:
            os.kill(self.pid, signal.SIGINT)
        else:
            self.type("\x03")

    def end(self):
        """Waits for the end and returns the exit code, and how long it took."""
        began = time.monotonic()
        with self.changed:
            assert self.changed.wait_for(lambda: self.exit is not None, PATIENCE), self.seen
        return self.exit, time.monotonic() - began

    def close(self):
        """Ends the program if it is still there."""
        with self.changed:
            if self.exit is None:
                os.kill(self.pid, signal.SIGKILL)
        self.reader.join(PATIENCE)
        os.close(self.terminal)


def text_of_console(drawn):
    """The text that wine draws for the console of a program, which sends single characters and moves the cursor over blanks."""
    text = re.sub(r"\x1b\[\?25[hl]|\x1b\[K", "", drawn)
    return re.sub(r"\x1b\[(\d*)C", lambda moved: " " * int(moved[1] or 1), text)


def token(**claims):
    """A token in the form of a JWT with claims."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}.demo-token"
