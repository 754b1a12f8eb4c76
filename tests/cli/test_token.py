"""Where the token comes from, that it is renewed, and that it is shown nowhere."""

import json
import sys

import pytest
from process import DIEGO, FREE, ON_WINDOWS, token

GUID = "72f988bf-0000-4000-8000-000000000001"

#: Prints one token, and another when it is run again.
FIRST_AND_SECOND = (
    "if exist asked (echo second-token) else (echo > asked & echo first-token)"
    if ON_WINDOWS
    else "if test -e asked; then echo second-token; else echo > asked; echo first-token; fi"
)


def files():
    azure = {"accessToken": "demo-token", "expiresOn": "2026-07-01 10:00:00.000000"}
    yield "plain", b"demo-token"
    yield "crlf", b"demo-token\r\n"
    yield "utf-16", "demo-token\r\n".encode("utf-16")
    yield "azure", json.dumps(azure).encode()


@pytest.mark.windows
@pytest.mark.parametrize("content", [content for _, content in files()], ids=[name for name, _ in files()])
def test_a_file_in_any_form(program, emulator, content):
    path = program.folder / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    ended = program("devices", DIEGO, "--token-file", "secret", token=None)
    assert ended.exit == 0, ended.err
    assert "chmod" not in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_that_others_can_read_is_reported(program, emulator):
    (program.folder / "secret").write_text("demo-token")
    (program.folder / "secret").chmod(0o644)
    assert "chmod 600 secret" in program("devices", DIEGO, "--token-file", "secret", token=None).err


@pytest.mark.windows
def test_the_standard_input_and_a_command(program, emulator):
    ended = program("devices", DIEGO, "--token-stdin", token=None, input=b"demo-token\n")
    assert ended.exit == 0, ended.err
    (program.folder / "secret").write_text("demo-token")
    ended = program("devices", DIEGO, "--token-command", "type secret" if ON_WINDOWS else "cat secret", token=None)
    assert ended.exit == 0, ended.err


def test_the_standard_input_is_not_the_list_and_the_token(program, emulator):
    for verb in ("preview", "remove", "devices"):
        ended = program(verb, "-", "--token-stdin", token=None, input=b"demo-token\n")
        assert ended.exit == 2 and "the list or the token" in ended.err
    assert emulator.requests() == 0


@pytest.mark.windows
def test_a_token_is_renewed_by_the_command_in_mid_run(program, emulator):
    users = emulator.generate(30, tokens={"first-token": "good", "second-token": "good"})
    program.write_list(users)
    expired = {
        "error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}
    }
    emulator.faults({"match": "000000000010/removeAll", "status": 401, "json": expired})
    ended = program("remove", "list.csv", "--yes", 30, *FREE, "--token-command", FIRST_AND_SECOND, token=None)
    assert ended.exit == 0, ended.out
    assert len(emulator.acted()) == 30
    written = b"".join(path.read_bytes() for path in program.folder.iterdir())
    printed = (ended.out + ended.err).encode()
    assert b"first-token" not in printed + written and b"second-token" not in printed + written


def test_a_token_is_no_option(program, emulator):
    assert program("devices", DIEGO, "--token", "demo-token").exit == 2
    both = program("devices", DIEGO, "--token-file", "secret", "--token-stdin")
    assert both.exit == 2 and emulator.requests() == 0


@pytest.mark.parametrize(
    "args",
    [["devices", DIEGO], ["preview", DIEGO], ["remove", DIEGO, "--yes", "1"], ["verify", "j.jsonl"]],
    ids=lambda args: args[0],
)
def test_every_verb_needs_a_token(program, emulator, args):
    (program.folder / "j.jsonl").touch()
    none = program(*args, "--json", token=None)
    assert (none.exit, none.last()["status"]) == (3, "unauthenticated")
    assert "set GRAPH_TOKEN, or name --token-command" in none.err and emulator.requests() == 0


@pytest.mark.windows
@pytest.mark.parametrize(
    "tenant, value, exit_code",
    [
        (GUID, token(tid="00000000-0000-4000-8000-000000000009"), 3),
        ("contoso.com", token(tid=GUID), 2),
        (GUID, "demo-token", 3),
    ],
)
def test_another_tenant_is_refused_before_anything_is_sent(program, emulator, tenant, value, exit_code):
    emulator.reset(tokens={value: "good"})
    assert program("devices", DIEGO, "--tenant", tenant, token=value).exit == exit_code
    assert emulator.requests() == 0


def test_the_tenant_of_the_token_is_accepted(program, emulator):
    value = token(tid=GUID, scp="DeviceManagementManagedDevices.Read.All")
    emulator.reset(tokens={value: "good"})
    assert program("devices", DIEGO, "--tenant", GUID.upper(), token=value).exit == 0


@pytest.mark.parametrize("value", ["expired-token", "unlicensed-token"])
def test_a_refused_token_ends_a_preview(program, emulator, value):
    ended = program("preview", DIEGO, "--json", token=value)
    assert ended.exit == 3 and ended.last()["type"] == "error"
