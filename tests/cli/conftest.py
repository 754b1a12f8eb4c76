"""What the tests of the command line share."""

import pytest
from emulator import as_new, started
from process import Program, Typing


@pytest.fixture(scope="session")
def process():
    with started() as process:
        yield process


@pytest.fixture
def emulator(process):
    with as_new(process) as emulator:
        yield emulator


@pytest.fixture
def program(emulator, tmp_path):
    return Program(emulator, tmp_path)


@pytest.fixture
def on_terminal(program):
    return lambda *args, **how: Typing(program, *args, **how)
