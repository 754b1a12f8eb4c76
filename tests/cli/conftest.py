"""What the tests of the command line share."""

import contextlib
import subprocess

import pytest
from emulator import as_new, started
from process import ON_WINDOWS, RUNNER, Program, Typing

collect_ignore = [] if ON_WINDOWS else ["test_windows.py"]


def pytest_configure(config):
    config.addinivalue_line("markers", "windows: run with the program for Windows, too")


@pytest.fixture(scope="session")
def process():
    with started() as process:
        yield process


@pytest.fixture(scope="session", autouse=True)
def runner():
    """While one program runs in wine, others start sooner, and the services of wine hold no terminal of a test."""
    if not ON_WINDOWS:
        yield
        return
    with subprocess.Popen([*RUNNER, "cmd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        shell.stdout.readline()
        yield
        shell.communicate(b"exit\r\n")


@pytest.fixture
def emulator(process):
    with as_new(process) as emulator:
        yield emulator


@pytest.fixture
def program(emulator, tmp_path):
    return Program(emulator, tmp_path)


@pytest.fixture
def on_terminal(program):
    with contextlib.ExitStack() as started:
        yield lambda *args, **how: started.enter_context(contextlib.closing(Typing(program, *args, **how)))
