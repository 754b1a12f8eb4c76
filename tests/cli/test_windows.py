"""What differs on Windows: paths, and the shell."""

import os
import signal
import subprocess

import pytest
from process import DIEGO, PATIENCE, RUNNER, WORDS, ended

pytestmark = pytest.mark.windows


def windows(path):
    """A path as Windows writes it. Wine shows the folders of this machine as drive Z."""
    return "Z:" + str(path).replace("/", "\\")


def test_the_shell_runs_the_command_that_goes_on(program, emulator):
    folder = program.folder / "leavers & joiners"
    folder.mkdir()
    program.write_list(emulator.generate(3), folder / "June (1).csv")
    journal = windows(folder / "June (1).jsonl")
    args = ["remove", windows(folder / "June (1).csv"), "--journal", journal, "--yes", 3, "--write-quota", "1/60s"]
    with program.start(*args, "--json") as process:
        emulator.wait(attempts=1)
        process.send_signal(signal.SIGINT)
        stopped = ended(process)
    assert stopped.exit == 130, stopped.err
    command = stopped.last()["next"]
    assert command == f'graph-devices remove --yes 3 "{journal}"'
    (program.folder / "go-on.cmd").write_text(f"@{command} --write-quota 100000/1s\r\n")
    environment = {**program.environment, "WINEPATH": windows(os.path.dirname(WORDS[-1]))}
    shell = [*RUNNER, "cmd", "/d", "/c", "go-on.cmd"]
    done = subprocess.run(shell, cwd=program.folder, env=environment, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert len(emulator.acted()) == len(set(emulator.acted())) == 3


def test_the_default_journal_of_a_path_lies_in_the_current_folder(program, emulator):
    (program.folder / "lists").mkdir()
    program.write_list([DIEGO], "lists/leavers.csv")
    done = program("remove", ".\\lists\\leavers.csv", "--yes", 1, "--report", "lists\\leavers.html")
    assert done.exit == 0, done.err
    assert sorted(path.name for path in program.folder.iterdir()) == ["leavers.jsonl", "lists"]
    assert sorted(path.name for path in (program.folder / "lists").iterdir()) == ["leavers.csv", "leavers.html"]


@pytest.mark.parametrize(
    "command, exit_code",
    [
        ('type "my secret"', 0),
        ('cd . && type "my secret"', 0),
        ('(echo {"accessToken": "demo-token"})', 0),
        ("exit 3", 3),
        ("no-such-program", 3),
    ],
)
def test_a_token_command_is_one_of_the_shell(program, emulator, command, exit_code):
    (program.folder / "my secret").write_text("demo-token\r\n")
    done = program("devices", DIEGO, "--token-command", command, token=None)
    assert done.exit == exit_code, done.err
    assert "demo-token" not in done.out + done.err
