"""The examples do what their docstrings say."""

import codecs
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ADELE
from graph_devices import Client

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


def test_an_interrupted_run_is_resumed(emulator, offboard, tmp_path):
    users = emulator.generate(60)
    (tmp_path / "leavers.csv").write_text("\n".join(["UserId", *users]))
    emulator.hold(20)
    process = offboard("leavers.csv", "journal")
    emulator.wait(held=16)
    process.send_signal(signal.SIGINT)
    emulator.release()
    status, _, errors = ran(process)
    assert status == 130 and "same command" in errors
    status, lines, _ = ran(offboard("leavers.csv", "journal"))
    assert status == 0 and len(lines) == 61
    assert len({action["user"] for action in emulator.actions()}) == len(emulator.actions()) == 60


#: An object id that no user has.
OTHER = "70000000-0000-4000-8000-000000000007"


@pytest.fixture
def diego(emulator):
    """The object id of Diego."""
    (result,) = Client("demo-token", endpoint=emulator.endpoint).preview(["diego@contoso.com"])
    emulator.ask("POST", "reset", {})
    return result.id


#: Each names only Diego; {id} is his object id.
LISTS = {
    "capitals": "NAME,USERPRINCIPALNAME\nDiego,diego@contoso.com\n",
    "small": "userprincipalname\ndiego@contoso.com",
    "blanks": " Name , User Principal Name \n Diego , diego@contoso.com \n",
    "marks": "user_principal_name,User-Id\ndiego@contoso.com,\n",
    "semicolons": 'Name;UserPrincipalName\r\n"Diego; D.";diego@contoso.com\r\n',
    "tabs": "Name\tUserPrincipalName\nDiego, D.\tdiego@contoso.com\n",
    "declared delimiter": 'sep=;\r\nUserPrincipalName;Name\r\ndiego@contoso.com;"Diego, D."\r\n',
    "a type": '#TYPE Selected.ADUser\r\n"UserPrincipalName","Name","ObjectGUID"\r\n"diego@contoso.com","D","{other}"\r\n',
    "empty rows": "UserPrincipalName,Name\n\n,\n , \ndiego@contoso.com,Diego\n,,\n",
    "empty cells behind": "UserPrincipalName,Name\ndiego@contoso.com,Diego,,\n",
    "lines in quotes": 'Name,UserPrincipalName\n"Diego\nD.",diego@contoso.com\n',
    "an id": "UserId\n{id}\n",
    "an id in capitals": "ID;Department\n{ID};IT\n",
    "an id that is not an object id": "Id,UserPrincipalName\n4711,diego@contoso.com\n",
    "both": "userPrincipalName,displayName,id,userType\ndiego@contoso.com,Diego,{id},Member\n",
    "both in capitals": "UserPrincipalName,Id\nDIEGO@contoso.com,{ID}\n",
    "thrice": "UserId,Id,UserPrincipalName\n{id},{ID},diego@contoso.com\n",
    "given twice": "UserPrincipalName,Id\ndiego@contoso.com,{id}\nDiego@contoso.com,{ID}\n,{id}\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("kind", LISTS)
def test_common_forms_of_a_list_are_read(emulator, offboard, tmp_path, diego, kind, encoding):
    text = LISTS[kind].replace("{id}", diego).replace("{ID}", diego.upper()).replace("{other}", OTHER)
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    (tmp_path / "leavers.csv").write_bytes(mark + text.encode(encoding))
    status, lines, errors = ran(offboard("leavers.csv", "journal"))
    assert (status, errors) == (0, ""), (lines, errors)
    assert lines[-1].startswith("accepted 1, ") and [action["key"] for action in emulator.actions()] == [diego]
    if "UserPrincipalName\ndiego" in text or kind == "both":
        assert lines[0] == "diego@contoso.com\taccepted\t\t"
    if diego in text and kind != "given twice":
        # The run gets the object id.
        assert f'"user":"{diego}"' in (tmp_path / "journal").read_text()


#: Lists of devices, and the columns that the message names.
DEVICES = {
    "DeviceName,UserPrincipalName\nPHONE,diego@contoso.com\n": "DeviceName",
    "DEVICENAME;USERPRINCIPALNAME\nPHONE;diego@contoso.com\n": "DEVICENAME",
    "Serial Number,User Principal Name\n1,diego@contoso.com\n": "Serial Number",
    "serial_number\tUserId\n1\t{id}\n": "serial_number",
    "Id,DeviceName,SerialNumber,UserPrincipalName\n{other},PHONE,1,diego@contoso.com\n": "DeviceName, SerialNumber",
    "Device ID,Device name,OS,Primary user UPN,Primary user display name\n{other},PHONE,Android,diego@contoso.com,D\n": (
        "Device ID, Device name, Primary user UPN, Primary user display name"
    ),
    "azureADDeviceId,userPrincipalName,userId\n{other},diego@contoso.com,{id}\n": "azureADDeviceId",
    "Id,managedDeviceName,userId\n{other},D_Android,{id}\n": "managedDeviceName",
    "UserPrincipalName,IMEI\ndiego@contoso.com,1\n": "IMEI",
    '#TYPE X\n"Id","DeviceName"\n"{other}","PHONE"\n': "DeviceName",
}


@pytest.mark.parametrize("content", DEVICES)
def test_a_list_of_devices_is_refused(emulator, offboard, tmp_path, diego, content):
    (tmp_path / "leavers.csv").write_text(content.replace("{id}", diego).replace("{other}", OTHER), "utf-8-sig")
    for words in (["leavers.csv"], ["leavers.csv", "journal"]):
        status, lines, errors = ran(offboard(*words))
        assert status == 2 and lines == [] and "every other device" in errors and f"({DEVICES[content]})" in errors
    assert emulator.log() == [] and not (tmp_path / "journal").exists()


UPN = "UserPrincipalName"


@pytest.mark.parametrize(
    "content, why",
    [
        (f"{UPN},UserId\ndiego@contoso.com,lee@contoso.com\n", "line 2: the row names different users"),
        (f"Id,UserId,{UPN}\n\n{OTHER},{ADELE},\n", "line 3: the row names different users"),
        (f"{UPN},{UPN}\ndiego@contoso.com,lee@contoso.com\n", "line 2: the row names different users"),
        (f"{UPN},Name\ndiego@contoso.com,D\n,Lee\n", "line 3: the row names no user"),
        ("Id,Name\n4711,Diego\n", "line 2: the row names no user"),
        (f"Name,{UPN}\nDiego, D.,lee@contoso.com\n", "line 2: more cells than columns"),
        (f'Name,{UPN}\n"Diego,diego@contoso.com\nLee,lee@contoso.com\n', "line 3: unexpected end"),
        (f"{UPN},Name;UserId\ndiego@contoso.com,D;{OTHER}\n", "several delimiters"),
        (f"{UPN}|Name\ndiego@contoso.com|D\n", f"it has: {UPN}|Name"),
        (f"{UPN},Id\ndiego@contoso.com,{OTHER}\nlee@contoso.com,{OTHER}\n", "line 3: " + OTHER),
        (f"{UPN},Id\ndiego@contoso.com,{OTHER}\nDiego@contoso.com,{OTHER[:-1]}8\n", "line 3: Diego@contoso.com"),
        ("Email,Department\ndiego@contoso.com,IT\n", "has none of the columns"),
        ("diego@contoso.com\nlee@contoso.com\n", "has none of the columns"),
        (
            f"Terminations June,,\n,,\nName,{UPN},Manager\nD,diego@contoso.com,boss@contoso.com\n",
            "has none of the columns",
        ),
        ("", "has none of the columns"),
        (
            f"Name,{UPN}\nAd\xe8le,diego@contoso.com\n".encode("cp1252"),
            "line 2: this is not the encoding UTF-8; save it as CSV UTF-8",
        ),
        (f"{UPN}\ndiego@contoso.com\n".encode("utf-16-le"), "save it as CSV UTF-8"),
        (f"{UPN}\ndiego@contoso.com\n".encode("utf-32"), "save it as CSV UTF-8"),
        (codecs.BOM_UTF16_LE + b"U", "save it as CSV UTF-8"),
        (b"PK\x03\x04\x14\x00", "workbook; save it as CSV UTF-8"),
    ],
)
def test_an_ambiguous_list_is_refused_before_anything_is_sent(emulator, offboard, tmp_path, content, why):
    (tmp_path / "leavers.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    status, lines, errors = ran(offboard("leavers.csv", "journal"))
    assert (status, lines) == (2, []) and why in errors and len(errors.splitlines()) == 1
    assert emulator.log() == [] and not (tmp_path / "journal").exists()


def test_a_name_with_the_id_of_another_user_is_left_out_and_the_run_goes_on(emulator, offboard, tmp_path, diego):
    (tmp_path / "leavers.csv").write_text(
        f"UserPrincipalName,Id\ndiego@contoso.com,{ADELE}\nmissing@contoso.com,{diego}\no'brien@contoso.com,\n"
    )
    for words in (["leavers.csv"], ["leavers.csv", "journal"]):
        status, lines, _ = ran(offboard(*words))
        assert status == 1
        assert lines[0] == (
            f"diego@contoso.com\tleft out\t\tthe object id is {ADELE} in the list, and {diego} in the directory"
        )
        assert lines[1].startswith("missing@contoso.com\tleft out\t\tthe object id could not be read")
        assert lines[2].startswith("o'brien@contoso.com")
    assert not {action["key"] for action in emulator.actions()} & {diego, ADELE}


@pytest.mark.parametrize("content, why", [("Name\nDiego\n", "columns"), (None, "leavers.csv")])
def test_a_file_that_is_not_a_list_is_refused_with_the_reason(emulator, offboard, tmp_path, content, why):
    if content is not None:
        (tmp_path / "leavers.csv").write_text(content)
    status, _, errors = ran(offboard("leavers.csv", "journal"))
    assert status == 2 and why in errors and "Traceback" not in errors and emulator.log() == []
