"""Lists as other programs write them: each file of lists.json through the program."""

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = json.loads((HERE / "lists.json").read_text(encoding="utf-8"))


def words(case):
    options = [word for name, value in case["options"].items() for word in ("--" + name, value)]
    return [HERE / "lists" / case["file"], *options]


@pytest.mark.windows
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']}: {case['about']}")
def test_a_list_is_read_as_its_writer_meant_it_or_refused(case, program, emulator):
    before = emulator.requests()
    ended = program("preview", *words(case), "--json")
    if "refused" in case:
        assert ended.exit == 2 and emulator.requests() == before
        last = ended.last()
        assert last["type"] == "error" and last["line"] == case["refused"]["line"]
        assert case["refused"]["says"] in last["message"] and case["file"] in last["message"]
        assert case["refused"]["says"] in ended.err
        return
    read = case["read"]
    [line] = ended.lines("list")
    for member in ("encoding", "delimiter", "column", "column_number", "trimmed"):
        assert line[member] == read[member], member
    assert [[passed["line"], passed["why"]] for passed in line["passed_over"]] == read["passed_over"]
    assert line["rows"] == len(read["rows"])
    assert sorted([row["line"], row["user"]] for row in ended.lines("row")) == read["rows"]
    assert emulator.acted() == []


@pytest.mark.windows
def test_a_list_from_the_standard_input_is_a_list(program):
    ended = program("devices", "-", "--json", input="UPN;Name\nadele@contoso.com;Adele\n".encode())
    assert ended.exit == 0
    [line] = ended.lines("list")
    assert (line["name"], line["column"], line["delimiter"]) == ("-", "UPN", ";")
    assert [row["line"] for row in ended.lines("row")] == [2]


def test_how_a_list_was_read_is_said_with_its_lines(program):
    ended = program("devices", HERE / "lists" / "export-csv-5.1.csv")
    assert '2 rows, utf-8, delimiter ,, column 1 "UserPrincipalName"; passed over line 1 (it names a type)' in ended.err


@pytest.mark.windows
def test_a_text_of_the_list_that_is_no_text_for_a_terminal_is_escaped(program):
    ended = program("preview", HERE / "lists" / "controls.csv")
    assert "\x1b" not in ended.out + ended.err and "\\u{1b}" in ended.out
