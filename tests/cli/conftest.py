"""What the tests of the command line share."""

import json
import os
import subprocess

import pytest
from process import Emulator, Program, Typing


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
    process.reset()
    yield process
    process.ask("POST", "release")


@pytest.fixture
def program(emulator, tmp_path):
    return Program(emulator, tmp_path)


@pytest.fixture
def on_terminal(program):
    return lambda *args, **how: Typing(program, *args, **how)
