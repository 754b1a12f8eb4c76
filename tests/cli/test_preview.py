"""What a preview shows, and that a removal holds itself to it."""

import re
import unicodedata

import pytest
from process import ADELE, DIEGO, LEE, OBRIEN, TABLET, token

SIGNED_IN = token(
    aud="https://graph.microsoft.com", upn="it@contoso.com", oid="90000000-0000-4000-8000-000000000001",
    tid="72f988bf-0000-4000-8000-000000000001", scp="User.Read.All DeviceManagementManagedDevices.Read.All DeviceManagementManagedDevices.PrivilegedOperations.All",
)  # fmt: skip
LEAVERS = f"""Name;Department;UserPrincipalName
Adele;Sales;{ADELE}
Diego;Sales;{DIEGO} \n\
Diego;Sales;{DIEGO}
Lee;Sales;{LEE}
O'Brien;Sales;{OBRIEN}
IT;IT;it@contoso.com
No One;Sales;no-one@contoso.com
;Sales;N/A
"""


def write_leavers(program):
    (program.folder / "leavers.csv").write_text(LEAVERS, encoding="utf-8")


@pytest.mark.windows
def test_each_row_of_the_list_is_accounted_for(program, emulator):
    emulator.reset(tokens={SIGNED_IN: "good"})
    write_leavers(program)
    ended = program("preview", "leavers.csv", "--json", token=SIGNED_IN)
    assert ended.exit == 0 and ended.last()["type"] == "summary", ended.err
    rows = ended.lines("row")
    assert sorted(row["line"] for row in rows) == list(range(2, 10))
    found = {row["line"]: row["reason"] or row["status"] for row in rows}
    assert found == {
        2: "needs_consent", 3: "preview", 4: "duplicate", 5: "nothing_listed", 6: "needs_consent", 7: "excluded",
        8: "user_not_found", 9: "invalid_argument",
    }  # fmt: skip
    human = program("preview", "leavers.csv", token=SIGNED_IN)
    (total, parts) = re.search(r"^(\d+) rows = (.*)\. Nothing was sent\.$", human.out, re.M).groups()
    assert sum(int(number) for number in re.findall(r"(\d+) (?!device)", parts)) == int(total) == 8
    assert "blanks cut in line 3" in human.err
    assert "the same person as line 3" in human.out
    assert "--accept-warning entra_joined_windows" in human.out
    assert emulator.actions() == []
    assert program("preview", "leavers.csv", "--strict", token=SIGNED_IN).exit == 1


def test_rows_stand_in_the_order_of_the_list(program, emulator):
    users = emulator.generate(60)
    program.write_list(reversed(users))
    ended = program("preview", "list.csv")
    assert re.findall(r"user-\d{6}@contoso.com", ended.out) == list(reversed(users))


@pytest.mark.windows
def test_a_device_that_came_after_the_preview_is_left_alone(program, emulator):
    assert program("preview", DIEGO, "--journal", "p.jsonl").exit == 0
    new = {"deviceName": "PHONE-NEW", "operatingSystem": "iOS"}
    emulator.ask("POST", f"users/{DIEGO}/devices", new)
    ended = program("remove", "p.jsonl", "--yes", 9, "--json")
    (row,) = ended.lines("row")
    assert (row["outcome"], row["reason"]) == ("skipped", "new_device")
    assert ended.exit == 1 and emulator.actions() == []


@pytest.mark.windows
def test_a_preview_is_carried_out_once(program, emulator):
    assert program("preview", DIEGO, LEE, "--journal", "p.jsonl").exit == 0
    assert program("remove", "p.jsonl", "--yes", 9).exit == 0
    first = len(emulator.actions())
    again = program("remove", "p.jsonl", "--yes", 9)
    assert again.exit == 0 and len(emulator.actions()) == first == 1


@pytest.mark.windows
def test_the_default_journal_is_never_overwritten(program, emulator):
    write_leavers(program)
    accept = ("--accept-warning", "entra_joined_windows")
    assert program("remove", "leavers.csv", "--yes", 1, *accept).exit == 5
    assert program("remove", "leavers.csv", "--yes", 3, *accept).exit == 1
    assert len(emulator.acted()) == 3
    again = program("remove", "leavers.csv", "--yes", 3, *accept, "--json")
    assert again.exit == 2 and again.last()["next"] == "graph-devices remove leavers.jsonl"
    (program.folder / "leavers.csv").write_text(f"UserPrincipalName\n{LEE}\n", encoding="utf-8")
    other = program("remove", "leavers.csv", "--yes", 3)
    assert other.exit == 2 and "another list" in other.err
    assert len(emulator.acted()) == 3


def test_columns_are_aligned_by_what_they_show(program, emulator):
    """In a pipe nothing is cut, and a wide character takes two places."""
    long = f"{'a' * 45}@contoso.com"
    for name in ("\u5c0f\u660e\u306ePhone", "The telephone of somebody whose name is long"):
        emulator.ask("POST", f"users/{DIEGO}/devices", {"deviceName": name, "operatingSystem": "iOS"})
    emulator.ask("POST", "users", {"userPrincipalName": long})
    emulator.ask("POST", f"users/{long}/devices", {"deviceName": "SHORT", "operatingSystem": "iOS"})
    shown = [program("preview", OBRIEN, DIEGO, long), program("devices", OBRIEN, DIEGO, long)]
    accept = ("--accept-warning", "entra_joined_windows", "--accept-warning", "enrolled_today")
    assert program("remove", OBRIEN, DIEGO, long, "--yes", 3, "--journal", "j.jsonl", *accept).exit == 0
    shown.append(program("verify", "j.jsonl"))
    for ended in shown:
        assert long in ended.out
        of_diego = places(ended.out, "diego_Android", "\u5c0f\u660e", "The telephone")
        assert len(set(of_diego)) == 1, ended.out
        assert places(ended.out, "OBRIEN-LAPTOP", "SHORT") == [of_diego[0]] * 2, ended.out
        word = r"  (managed|retireIssued|pending)\b"
        of_diego = [width(line[: re.search(word, line).start()]) for line in lines_of_diego(ended.out)]
        assert len(of_diego) == 3 and len(set(of_diego)) == 1, ended.out


def width(text):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def places(shown, *texts):
    """Where texts begin in their lines, as a terminal shows them."""
    lines = shown.splitlines()
    return [next(width(line[: line.index(text)]) for line in lines if text in line) for text in texts]


def lines_of_diego(shown):
    return [line for line in shown.splitlines() if any(n in line for n in ("diego_A", "\u5c0f", "The telephone"))]


@pytest.mark.windows
def test_texts_of_others_do_not_reach_the_terminal(program, emulator):
    emulator.ask("POST", f"users/{DIEGO}/devices", {"deviceName": "\x1b]0;x\x07\u202egnp", "operatingSystem": "iOS"})
    program.write_list([DIEGO, "lee\x1b[2J@contoso.com"])
    ended = program("preview", "list.csv", "--color", "always")
    assert not re.search("[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e]", ended.out + ended.err)
    assert "\x1b]" not in ended.out and "\x1b[2J" not in ended.out
    assert "\\u{1b}[2J" in ended.out


def test_a_warning_that_is_accepted_again_is_recorded_once(program, emulator):
    accept = ("--accept-warning", "entra_joined_windows")
    assert program("preview", OBRIEN, "--journal", "p.jsonl", *accept).exit == 0
    assert program("remove", "p.jsonl", "--yes", 1, *accept).exit == 0
    options = program.records("p.jsonl", "run")[-1]["options"]
    assert options["accept_warning"] == ["entra_joined_windows"]
    assert len(emulator.acted()) == 1


def write_people(program, *people):
    (program.folder / "people.csv").write_text("\n".join(["UserPrincipalName", *people, ""]), encoding="utf-8")


def test_what_has_changed_since_an_earlier_preview(program, emulator):
    accept = ("--accept-warning", "entra_joined_windows")
    write_people(program, ADELE, DIEGO, LEE, TABLET)
    assert program("preview", "people.csv", "--journal", "old.jsonl", *accept).exit == 0
    same = program("preview", "people.csv", "--against", "old.jsonl", "--strict", *accept, "--json")
    assert same.exit == 0 and same.lines("change") == [], same.err
    assert "0 changes since old.jsonl" in program("preview", "people.csv", "--against", "old.jsonl").out

    devices = {read["user"]: read["devices"] for read in program.records("old.jsonl", "read")}
    ids = {read["user"]: read["id"] for read in program.records("old.jsonl", "read")}
    laptop, iphone = devices[ADELE]
    emulator.ask("PATCH", f"devices/{laptop['id']}", {"managementState": "retireIssued"})
    emulator.ask("DELETE", f"devices/{iphone['id']}")
    new = {"deviceName": "PHONE-NEW", "operatingSystem": "iOS", "enrolledDateTime": "2024-01-01T00:00:00Z"}
    new = emulator.ask("POST", f"users/{DIEGO}/devices", new)["id"]
    emulator.ask("PATCH", f"users/{ids[TABLET]}", {"userPrincipalName": "first.last@contoso.com"})
    write_people(program, ADELE, DIEGO, "first.last@contoso.com", OBRIEN)
    args = ("preview", "people.csv", "--against", "old.jsonl", *accept)
    changed = program(*args, "--strict", "--json")
    names = ("line", "change", "user", "id", "device", "before", "now")
    assert [tuple(line[name] for name in names) for line in changed.lines("change")] == [
        (2, "device_state", ADELE, ids[ADELE], laptop["id"], "managed", "retireIssued"),
        (2, "device_gone", ADELE, ids[ADELE], iphone["id"], iphone["state"], None),
        (3, "device_added", DIEGO, ids[DIEGO], new, None, "managed"),
        (4, "person_renamed", "first.last@contoso.com", ids[TABLET], None, TABLET, "first.last@contoso.com"),
        (5, "person_added", OBRIEN, changed.lines("row")[-1]["id"], None, None, None),
        (None, "person_gone", LEE, ids[LEE], None, None, None),
    ]
    assert changed.exit == 1
    human = program(*args)
    assert human.exit == 0 and "6 changes since old.jsonl" in human.out
    assert f"state of device {laptop['name']}: managed, now retireIssued" in human.out
    assert f"person renamed: {TABLET}, now first.last@contoso.com" in human.out


def test_a_journal_of_another_tenant_or_endpoint_is_not_compared(program, emulator):
    other = token(tid="00000000-0000-4000-8000-000000000009")
    emulator.reset(tokens={SIGNED_IN: "good", other: "good"})
    assert program("preview", DIEGO, "--journal", "old.jsonl", token=other).exit == 0
    before = emulator.requests()
    ended = program("preview", DIEGO, "--against", "old.jsonl", "--json", token=SIGNED_IN)
    assert (ended.exit, ended.last()["status"]) == (2, "journal")
    assert "is about the tenant 00000000-" in ended.err
    elsewhere = {"GRAPH_DEVICES_ENDPOINT": "http://127.0.0.1:9"}
    ended = program("preview", DIEGO, "--against", "old.jsonl", "--json", token=other, env=elsewhere)
    assert ended.exit == 2 and "but this run is about http://127.0.0.1:9" in ended.err
    assert emulator.requests() == before


def test_a_name_that_belongs_to_another_person_by_now_is_a_change(program, emulator):
    emulator.ask("POST", "users", {"userPrincipalName": "temp@contoso.com"})
    assert program("preview", "temp@contoso.com", "--journal", "old.jsonl").exit == 0
    (read,) = program.records("old.jsonl", "read")
    emulator.ask("DELETE", f"users/{read['id']}")
    now = emulator.ask("POST", "users", {"userPrincipalName": "temp@contoso.com"})["id"]
    changed = program("preview", "temp@contoso.com", "--against", "old.jsonl", "--json")
    found = [(line["change"], line["id"]) for line in changed.lines("change")]
    assert found == [("person_added", now), ("person_gone", read["id"])]
