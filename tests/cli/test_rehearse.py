"""`rehearse`: the whole way of a list without token, tenant and network."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest
from journals import rows_of
from process import ON_WINDOWS, WORDS

#: Brings up loopback, the only network of a new namespace, and becomes the program.
LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    fcntl.ioctl(one, 0x8914, struct.pack("16sh", b"lo", 1))
os.execv(sys.argv[1], sys.argv[1:])
"""


def namespace():
    """The beginning of a command that runs in a network of its own; `None` where that is not allowed."""
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK]
    if not shutil.which("unshare"):
        return None
    return command if subprocess.run([*command, shutil.which("true")], capture_output=True).returncode == 0 else None


NAMESPACE = namespace()


def environment(folder):
    """As little as a program can do with; wine needs the rest."""
    return os.environ if ON_WINDOWS else {"PATH": os.environ["PATH"], "HOME": str(folder)}


def command(folder, *args, exit=0, before=()):
    done = subprocess.run(
        [*before, *WORDS, *args],
        cwd=folder,
        capture_output=True,
        timeout=60,
        # Without a terminal nothing is asked.
        start_new_session=True,
        env={**environment(folder), "https_proxy": "http://127.0.0.1:1"},
    )
    assert done.returncode == exit, (done.stdout, done.stderr)
    return done.stdout.decode(), done.stderr.decode()


@pytest.mark.skipif(NAMESPACE is None, reason="a network namespace is not allowed here")
def test_a_rehearsal_needs_no_network_and_stays_in_its_folder(tmp_path):
    people = [f"person-{number}@contoso.com" for number in range(40)]
    rows = "".join(f"{user};{at}\r\n" for at, user in enumerate([*people, "N/A", people[0]]))
    (tmp_path / "june.csv").write_bytes(f"\ufeffUPN;Number\r\n{rows}".encode())
    _, said = command(tmp_path, "rehearse", "june.csv", "--output", "out", before=NAMESPACE)
    assert "killed half-way" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["june.csv", "out"]
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["june.csv", "rehearsal.html", "rehearsal.jsonl"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    page = (out / "rehearsal.html").read_text(encoding="utf-8")
    assert "REHEARSAL: no tenant was called, no real device was touched" in page and len(rows_of(page)) == 41
    of_list = ["--list", "june.csv", "rehearsal.jsonl"]
    account = json.loads(command(out, "report", "--format", "json", *of_list)[0])
    modes = [(run["mode"], run["ending"]) for run in account["runs"]]
    assert modes == [("preview", "ended"), ("run", "cut off"), ("run", "ended"), ("verify", "ended")]
    done = {person["user"]: person["outcome"] for person in account["people"]}
    assert {done[user] for user in people} == {"accepted", "confirmed"} and done["N/A"] == "failed"
    assert account["totals"]["rows"] == 42 and account["totals"]["gone"] > 0 and account["totals"]["open"] == 1
    command(out, "report", "--check", "rehearsal.html", *of_list)


@pytest.mark.windows
def test_without_a_list_the_people_of_the_emulator_are_rehearsed(tmp_path):
    said, _ = command(tmp_path, "rehearse", "--json")
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[-1]["type"] == "summary" and lines[-1]["verb"] == "rehearse" and lines[-1]["exit"] == 0
    (folder,) = tmp_path.iterdir()
    assert "adele@contoso.com" in (folder / "rehearsal.html").read_text(encoding="utf-8")


def test_on_a_terminal_it_asks_twice_and_explains_itself(on_terminal, program):
    typing = on_terminal("rehearse", "--output", "out", env={"COLUMNS": "100"})
    question = r"Type (\d+) to retire them, anything else to leave: "
    asked = [typing.find(question)[1]]
    typing.type(asked[0] + "\n")
    # What was under way when the program was killed may have arrived.
    asked.append(typing.find("its journal knows.*" + question)[1])
    typing.type(asked[1] + "\n")
    assert typing.end()[0] == 0, typing.seen
    shown = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", typing.seen).replace("\r", "\n")
    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[0] == "REHEARSAL: an emulator stands in for the service, and no real device is touched"
    assert [line.split()[2] for line in lines if line.startswith("$ ")] == ["remove", "remove", "verify", "report"]
    assert "   2  adele@contoso.com                    retire 2 devices (entra_joined_windows)" in lines
    assert "        ADELE-LAPTOP          Windows   SN00000001      managed" in lines
    assert lines.count("recorded in rehearsal.jsonl") == 2
    assert "open out/rehearsal.html in a browser" in shown
    page = (program.folder / "out" / "rehearsal.html").read_text(encoding="utf-8")
    assert "REHEARSAL: no tenant was called, no real device was touched" in page
    consent = [run.get("consent") for run in program.records("out/rehearsal.jsonl", "run")]
    assert asked[0] == "6" and consent == [None, "typed 6", f"typed {asked[1]}", None]


def test_another_answer_ends_the_rehearsal(on_terminal):
    typing = on_terminal("rehearse", "--output", "out")
    typing.until("Type 6 to retire")
    typing.type("no\n")
    assert typing.end()[0] == 5
    assert "the rehearsal ended at remove; start it again to see the rest" in typing.seen


def test_an_existing_folder_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    _, said = command(tmp_path, "rehearse", "--output", "out", exit=2)
    assert "--output" in said and list((tmp_path / "out").iterdir()) == []
