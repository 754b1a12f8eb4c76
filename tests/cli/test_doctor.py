"""What can be known before a run, and what the program says of it."""

import time

import pytest
from process import ADELE, token

RETIRE = "DeviceManagementManagedDevices.PrivilegedOperations.All"
GUID = "72f988bf-0000-4000-8000-000000000001"
READ = "User.Read.All DeviceManagementManagedDevices.ReadWrite.All"


def claims(**change):
    return {"tid": GUID, "upn": ADELE, "exp": int(time.time()) + 3000, **change}


def checks(ended):
    return {check["name"]: (check["state"], check["message"]) for check in ended.lines("check")}


@pytest.mark.windows
def test_all_is_well_and_one_request_is_sent(program, emulator):
    before = emulator.requests()
    ended = program("doctor", "--json")
    assert ended.exit == 0 and emulator.requests() == before + 1
    found = checks(ended)
    assert found["read"][0] == found["reach"][0] == found["clock"][0] == found["journal"][0] == "ok"
    assert found["token"][1].startswith("GRAPH_TOKEN: ")
    assert ended.last()["counts"]["fail"] == 0


def test_a_user_takes_two_more_requests(program, emulator):
    before = emulator.requests()
    ended = program("doctor", "--user", ADELE)
    assert ended.exit == 0 and emulator.requests() == before + 3
    assert f"user        ok      {ADELE}: 2 devices" in ended.out


@pytest.mark.parametrize(
    "name, says",
    [("expired-token", "has expired"), ("unlicensed-token", "no Intune licence"), ("no-role-token", "Intune role")],
)
def test_a_token_that_the_service_refuses_is_a_failed_check(program, name, says):
    ended = program("doctor", "--json", token=name)
    state, message = checks(ended)["read"]
    assert ended.exit == 3 and state == "fail" and says in message
    assert ended.last()["counts"]["fail"] == 1


@pytest.mark.parametrize("args", [[], ["--offline"], ["--token-command", "exit 1"], ["--tenant", GUID]])
def test_without_a_token_that_can_be_used_that_check_fails(program, emulator, args):
    ended = program("doctor", *args, "--json", token="demo-token" if "--tenant" in args else None)
    found = checks(ended)
    assert ended.exit == 3 and found["token"][0] == "fail" and found["journal"][0] == "ok"
    assert ended.last()["counts"]["fail"] == 1 and emulator.requests() == 0


def test_a_missing_permission_is_named_without_a_request(program, emulator):
    before = emulator.requests()
    ended = program("doctor", "--offline", token=token(**claims(scp=READ)))
    assert ended.exit == 3 and emulator.requests() == before
    assert RETIRE in ended.out and "(ReadWrite.All is not enough)" in ended.out
    assert "1 check failed; nothing was changed" in ended.out
    assert program("doctor", "--offline", token=token(**claims(scp=f"{READ} {RETIRE}"))).exit == 0


def test_a_preview_warns_of_a_token_that_cannot_retire(program, emulator):
    blind = token(**claims(scp=READ, upn="it@contoso.com"))
    emulator.reset(tokens={blind: "good"})
    ended = program("preview", ADELE, "--json", token=blind)
    assert any(RETIRE in notice["message"] for notice in ended.lines("notice")), ended.out
    assert "a run would be refused" in ended.err


def test_a_folder_that_cannot_hold_a_journal_is_a_failed_check(program):
    ended = program("doctor", "--offline", "--journal", "no-such-folder", "--json")
    assert ended.exit == 3 and checks(ended)["journal"][0] == "fail"


def test_a_token_from_an_option_is_named_by_the_option(program):
    ended = program("doctor", "--offline", "--token-command", "printf demo-token", token=None)
    assert "--token-command: the token is not a JWT" in ended.out
    (program.folder / "token").write_bytes("demo-token\r\n".encode("utf-16"))
    assert "--token-file: " in program("doctor", "--offline", "--token-file", "token", token=None).out
