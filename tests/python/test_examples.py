"""The examples do what they say."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

OFFBOARD = Path(__file__).parents[2] / "python/examples/offboard.py"


@pytest.fixture
def offboard(emulator, tmp_path):
    environment = {**os.environ, "GRAPH_TOKEN": "demo-token", "GRAPH_DEVICES_ENDPOINT": emulator.endpoint}

    def start(*arguments):
        command = [sys.executable, str(OFFBOARD), *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, cwd=tmp_path)

    return start


def ran(process):
    output, errors = process.communicate(timeout=120)
    return process.returncode, output.splitlines(), errors


def test_a_list_is_previewed_run_and_run_again(emulator, offboard, tmp_path):
    leavers = tmp_path / "leavers.csv"
    leavers.write_text("Name,UserPrincipalName\r\nDiego,diego@contoso.com\r\nAdele,adele@contoso.com\r\n", "utf-8-sig")
    status, lines, _ = ran(offboard(leavers))
    assert status == 0 and any(line.startswith("diego@contoso.com\tpreview") for line in lines)
    assert any("entra_joined_windows" in line and line.startswith("\t") for line in lines) and emulator.actions() == []

    status, lines, _ = ran(offboard(leavers, "journal"))
    assert status == 1 and "diego@contoso.com\taccepted\t\t" in lines and "accepted 1, " in lines[-1]
    assert any(line.startswith("adele@contoso.com\tskipped\tneeds_consent") for line in lines)

    status, lines, _ = ran(offboard(leavers, "journal", "--accept", "entra_joined_windows"))
    assert status == 0 and "accepted 1, " in lines[-1]
    assert any(line.startswith("diego@contoso.com\tskipped\tdone_before") for line in lines)
    assert len(emulator.actions()) == 2


def test_a_run_that_was_interrupted_goes_on(emulator, offboard, tmp_path):
    users = emulator.generate(60)
    (tmp_path / "leavers.csv").write_text("\n".join(["UserId", *users]))
    emulator.hold(20)
    process = offboard("leavers.csv", "journal")
    emulator.wait(held=16)
    process.send_signal(signal.SIGINT)
    emulator.release()
    status, _, errors = ran(process)
    assert status == 130 and "same words" in errors
    status, lines, _ = ran(offboard("leavers.csv", "journal"))
    assert status == 0 and len(lines) == 61
    assert len({action["user"] for action in emulator.actions()}) == len(emulator.actions()) == 60


@pytest.mark.parametrize("content, why", [("Name\nDiego\n", "columns"), (None, "leavers.csv")])
def test_what_is_no_list_is_told(emulator, offboard, tmp_path, content, why):
    if content is not None:
        (tmp_path / "leavers.csv").write_text(content)
    status, _, errors = ran(offboard("leavers.csv", "journal"))
    assert status == 2 and why in errors and "Traceback" not in errors and emulator.log() == []
