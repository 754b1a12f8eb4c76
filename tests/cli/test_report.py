"""`report`: what it says of journals, for whom it can be read, and what it refuses."""

import base64
import csv
import hashlib
import json
import re
import stat

import pytest
from journals import NO_ONE, PEOPLE, Case, by_user, rows_of, table
from process import ADELE, DIEGO, LEE, OBRIEN, TABLET

HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u202egpj", 'x" onload="y', "'><img src=x>"]


@pytest.fixture
def case(program, emulator):
    return Case(program, emulator)


@pytest.mark.windows
def test_each_person_has_the_outcome_the_request_and_the_devices(case, emulator):
    case.run(PEOPLE)
    emulator.ask("DELETE", "devices/" + case.devices(ADELE)[0])
    emulator.ask("PATCH", "devices/" + case.devices(DIEGO)[0], {"managementState": "retireFailed"})
    account = case.verify().json()
    people = by_user(account)
    assert set(people) == set(PEOPLE) and account["version"] == 1
    assert {user: (person["outcome"], person["standing"]) for user, person in people.items()} == {
        ADELE: ("accepted", "waits"),
        DIEGO: ("accepted", "open"),
        LEE: ("skipped", "settled"),
        OBRIEN: ("accepted", "waits"),
        TABLET: ("accepted", "waits"),
        NO_ONE: ("failed", "open"),
    }
    assert [device["verdict"] for device in people[ADELE]["devices"]] == ["gone", "pending"]
    assert people[DIEGO]["devices"][0]["verdict"] == "needs_person"
    acted = {entry["client_request_id"] for entry in emulator.actions() if entry["acted"]}
    assert {person["client_request_id"] for person in people.values() if person["outcome"] == "accepted"} == acted
    totals = account["totals"]
    assert (totals["devices"], totals["gone"], totals["waiting"], totals["open"]) == (5, 1, 3, 1)
    assert {part["what"]: part["count"] for part in totals["parts"]} == {
        "accepted": 4,
        "failed": 1,
        "left alone on purpose": 1,
    }
    assert [(run["mode"], run["ending"]) for run in account["runs"]] == [
        ("preview", "ended"),
        ("run", "ended"),
        ("verify", "ended"),
    ]


def test_the_page_names_what_is_left_first_and_never_shows_accepted_as_retired(case, emulator):
    page = case.run(PEOPLE).page("--title", "Leavers of June")
    assert len(rows_of(page)) == len(PEOPLE)
    assert page.index('id="h-open"') < page.index('id="h-people"')
    assert page.index(NO_ONE) < page.index('<table id="all">')
    assert "NOT A MICROSOFT CLOUD: " + emulator.endpoint in page and "<h1>Leavers of June</h1>" in page
    assert "accepted is not yet retired" in page and "no certificate of sanitization" in page
    for word in ("removed", "wiped", "success"):
        assert word not in re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.S).lower()


def test_a_page_is_one_file_whose_policy_allows_its_own_style_and_script_alone(case):
    page = case.run([DIEGO]).page()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)

    def digest(tag):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert f"default-src 'none'; style-src '{digest('style')}'; script-src '{digest('script')}'" in policy
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(script) <= 6000
    assert not re.search(r"\b(src|href)\s*=\s*\"(?!#)", page) and not re.search(r"\bstyle=|\bon[a-z]+=", page)
    assert "@import" not in page and "url(" not in page


@pytest.mark.windows
@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_devices_are_text(case, emulator, name):
    emulator.ask("PATCH", "devices/" + case.devices(DIEGO)[0], {"deviceName": name})
    case.run([DIEGO, "\x1b]0:x\x07<b>@contoso.com"])
    page = case.page()
    assert (
        len(re.findall(r"<script", page)) == 1 and "<img" not in page and "<b>@" not in page and 'onload="y' not in page
    )
    for text in (page, case.report("--format", "csv").out, case.report("--format", "json").out):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text.replace("\r\n", "\n"))
    assert "\\u{1b}]0:x\\u{7}&#60;b&#62;@contoso.com" in page


@pytest.mark.windows
def test_no_cell_of_the_table_is_a_formula(case, emulator):
    for at, name in enumerate(["=1+1", "+1", "-1", "@x"]):
        emulator.ask("POST", f"users/{DIEGO}/devices", {"deviceName": name, "serialNumber": f"={at}"})
    case.run([DIEGO])
    rows = table(case.report("--format", "csv").out)
    assert {row["device_name"] for row in rows} >= {"'=1+1", "'+1", "'-1", "'@x"}
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r") and cell]


@pytest.mark.windows
def test_what_is_left_is_a_list_again(case):
    case.run(PEOPLE)
    text = case.report("--format", "csv", "--only", "open").out
    assert [row["UserPrincipalName"] for row in table(text)] == [NO_ONE]
    assert text[1:].startswith("UserPrincipalName,")
    (case.folder / "left.csv").write_bytes(text.encode())
    ended = case.program("preview", "left.csv", "--json")
    assert ended.exit == 0, ended.err
    assert [(row["line"], row["user"]) for row in ended.lines("row")] == [(2, NO_ONE)]


def test_files_are_for_their_owner_and_are_not_replaced_unasked(case):
    case.run([DIEGO]).report()
    page = case.folder / "leavers.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    before = page.read_text(encoding="utf-8")
    assert "--force" in case.report(exit=2).err
    assert page.read_text(encoding="utf-8") == before
    case.report("--force", "--title", "Again")
    assert "<h1>Again</h1>" in page.read_text(encoding="utf-8")
    assert sorted(path.name for path in case.folder.iterdir()) == ["leavers.csv", "leavers.html", "leavers.jsonl"]


@pytest.mark.windows
def test_the_hash_is_that_of_the_journal_and_still_checks_after_later_runs(case):
    case.run([DIEGO])
    page = case.page()
    length, sha256 = case.journal.stat().st_size, case.sha256()
    assert page.count(sha256) >= 2 and f"head -c {length} leavers.jsonl | sha256sum" in page
    case.verify()
    assert case.sha256() != sha256
    noted = ("--check", "--bytes", length, "--sha256", sha256)
    assert "are as they were" in case.report(*noted).out
    assert "to the character" in case.report("--check", "page.html").out
    text = case.journal.read_bytes()
    case.journal.write_bytes(text.replace(b"diego@", b"Diego@", 1))
    assert "were changed" in case.report(*noted, exit=1).out
    assert "was changed" in case.report("--check", "page.html", exit=1).out
    case.journal.write_bytes(text[: length - 1])
    assert "it was cut" in case.report(*noted, exit=1).out


def test_a_page_that_was_changed_does_not_check(case):
    page = case.run(PEOPLE).page()
    for before, after in (
        ("4</b> of 6 people", "6</b> of 6 people"),
        (NO_ONE, LEE),
        ("!</span> failed", "✓</span> accepted"),
    ):
        assert before in page
        (case.folder / "page.html").write_text(page.replace(before, after, 1), encoding="utf-8")
        assert "the page was changed" in case.report("--check", "page.html", exit=1).out
    later = page.replace("graph-devices/0", "graph-devices/9").replace(NO_ONE, LEE)
    (case.folder / "page.html").write_text(later, encoding="utf-8")
    assert "only that version can compare" in case.report("--check", "page.html", exit=3).err
    (case.folder / "page.html").write_text("<p>hello</p>", encoding="utf-8")
    assert "not a page" in case.report("--check", "page.html", exit=2).err


@pytest.mark.windows
def test_a_torn_end_is_named_and_does_not_count(case):
    case.run([DIEGO])
    whole = case.sha256()
    before = case.json()
    with case.journal.open("ab") as journal:
        journal.write(b'{"event":"result","outcome":"failed"')
    torn = case.json()
    assert torn["people"] == before["people"] and torn["made"]["journals"][0]["torn"] == 36
    page = case.page()
    assert "a torn end of 36 bytes does not count" in page and whole in page
    case.report("--check", "page.html")


def test_a_run_that_is_under_way_is_running_and_one_that_was_killed_is_cut_off(case, emulator):
    emulator.hold(0)
    with case.program.start(*case.remove_words([DIEGO])) as process:
        emulator.wait(held=1)
        account = case.json()
        assert [run["ending"] for run in account["runs"]] == ["ended", "running"]
        assert by_user(account)[DIEGO]["outcome"] == "unknown"
        # What the preview said of the person came before.
        assert (by_user(account)[DIEGO]["reason"], by_user(account)[DIEGO]["message"]) == (None, None)
        page = case.page()
        assert "a run is writing to it" in page and "then skipped" not in page
        process.kill()
    assert [run["ending"] for run in case.json()["runs"]] == ["ended", "cut off"]
    case.report("--check", "page.html")


def test_pseudonyms_leave_no_name_and_the_key_has_them_all(case, emulator):
    case.run(PEOPLE)
    plain, account = case.json(), case.json("--pseudonyms")
    assert account["totals"] == plain["totals"] and {run["machine"] for run in account["runs"]} == {None}
    key = case.folder / "leavers.jsonl.key.csv"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    page = case.page("--pseudonyms")
    number = by_user(plain)[ADELE]["number"]
    secrets = {"contoso.com", "leavers.", *case.devices(ADELE)}
    for person in plain["people"]:
        secrets |= {person["user"], person["id"] or "contoso.com"}
        secrets |= {device[name] for device in person["devices"] or () for name in ("name", "serial", "id")}
    texts = (page, json.dumps(account), case.report("--force", "--format", "csv", "--pseudonyms").out)
    for text in texts:
        assert [secret for secret in secrets if secret in text] == []
        assert "Person 0001" in text and f"Device {number:04}-2" in text
    rows = list(csv.DictReader(key.open(encoding="utf-8", newline="")))
    assert {row["user"] for row in rows if row["pseudonym"].startswith("Person")} == set(PEOPLE)
    case.report("--check", "page.html")


def test_the_list_is_accounted_for_row_by_row(case):
    people = [TABLET, NO_ONE, DIEGO, DIEGO.upper()]
    case.run(people)
    rows = case.json("--list", case.list)["totals"]
    assert rows["rows"] == 4 and {part["what"]: part["count"] for part in rows["parts"]} == {
        "accepted": 2,
        "failed": 1,
        "the same person as another row": 1,
    }
    columns = ("--list", case.list, "--columns", "Employee ID,Leaving date")
    account = case.json(*columns)
    assert [(one["line"], one["user"], one["columns"]) for one in account["people"]] == [
        (2, TABLET, ["E1000", "2026-06-01"]),
        (3, NO_ONE, ["E1001", "2026-06-02"]),
        (4, DIEGO, ["E1002", "2026-06-03"]),
    ]
    hours = [one["hours"] for one in account["people"]]
    assert hours[0] - hours[2] == 48 and hours[1] is None
    page = case.page(*columns)
    assert "4 rows of the list" in page and "E1002" in page and page.index("E1000") < page.index("E1002")
    assert "--columns" in case.report("--check", "page.html", exit=2).err
    case.report("--check", "page.html", *columns)


def test_rows_that_no_run_reached_are_missing_and_said_so(case, emulator):
    emulator.ask("POST", "hold", {"match": "", "after": 0})
    with case.program.start(*case.remove_words([DIEGO, TABLET])) as process:
        emulator.wait(held=1)
        process.kill()
    account = case.json("--list", case.list)
    missing = by_user(account)[TABLET]
    assert (missing["outcome"], missing["standing"], missing["line"]) == (None, "to_do", 3)
    assert '<strong class="wrong">2 not in the journal</strong>' in case.page("--list", case.list)


def test_another_list_is_refused(case):
    case.run([DIEGO])
    known = hashlib.sha256(case.list.read_bytes()).hexdigest()
    case.list.write_bytes(case.list.read_bytes() + b"E9;lee@contoso.com;2026-06-09\r\n")
    refused = case.report("--list", case.list, exit=2).err
    assert known in refused and hashlib.sha256(case.list.read_bytes()).hexdigest() in refused


def test_several_journals_are_one_report(case):
    case.run([DIEGO])
    first = case.journal.name
    case.journal = case.folder / "later.jsonl"
    case.run([TABLET])
    account = case.json(first)
    assert [one["user"] for one in account["people"]] == [DIEGO, TABLET] and len(account["runs"]) == 4
    assert "name it once" in case.report(case.journal.name, exit=2).err


def test_of_too_many_people_those_who_need_one_are_shown_and_the_rest_is_named(case, emulator):
    case.run([*emulator.generate(30), NO_ONE])
    page = case.page("--max-rows", "5")
    rows = rows_of(page)
    assert len(rows) == 5 and any(NO_ONE in row for row in rows) and "5 of 31 people are shown" in page
    assert len(table(case.report("--format", "csv").out)) == 31


@pytest.mark.windows
def test_a_page_can_be_made_at_the_end_of_a_run_and_of_a_verification(case, emulator):
    words = [*case.remove_words([DIEGO]), "--report", "page.html"]
    assert case.program(*words).exit == 0 and DIEGO in (case.folder / "page.html").read_text(encoding="utf-8")
    before = len(emulator.actions())
    refused = case.program("remove", TABLET, "--yes", 1, "--journal", "x.jsonl", "--report", "page.html")
    assert refused.exit == 2 and "exists" in refused.err and len(emulator.actions()) == before
    ended = case.program("verify", case.journal.name, "--report", "later.html")
    assert ended.exit == 4 and "pending" in (case.folder / "later.html").read_text(encoding="utf-8")
    case.report("--check", "later.html")


def test_a_page_that_cannot_be_made_takes_no_summary_with_it(case, emulator):
    refused = case.program(*case.remove_words([DIEGO]), "--report", "none/page.html")
    assert refused.exit == 2 and "folder" in refused.err and emulator.actions() == []
    words = [*case.remove_words([DIEGO]), "--report", case.journal.name, "--json"]
    ended = case.program(*words)
    assert ended.exit == 3 and "exists" in ended.err
    assert ended.last()["type"] == "summary" and ended.last()["counts"] == {"accepted": 1}
    ended = case.program("verify", case.journal.name, "--report", "later.html", "--json")
    assert ended.exit == 4


def test_json_lines_hold_no_document(case):
    case.run([DIEGO])
    assert "--output" in case.report("--json", "--format", "csv", exit=2).err
    done = case.report("--json", "-o", "page.html")
    assert json.loads(done.out)["verb"] == "report" and json.loads(done.out)["exit"] == 0


def test_a_journal_of_a_later_version_says_which_release_reads_it(case):
    case.run([DIEGO])
    text = case.journal.read_text(encoding="utf-8")
    case.journal.write_text(text.replace('"version":1', '"version":2'), encoding="utf-8")
    assert "is of version 2, and this release reads versions up to 1" in case.report(exit=2).err
