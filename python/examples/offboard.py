"""Retires the devices of every user in a list, with the access token in GRAPH_TOKEN.

The list is a CSV file with a column UserPrincipalName, UserId or Id (an object id). If a row has a name and an object id, the
object id is sent. All rows are checked before anything is sent, and a user whose name belongs to another object id is left
out. Check a preview first. After an interrupt or a kill, run the same command again: the journal has the completed users.
"""

from __future__ import annotations

import argparse
import codecs
import csv
import io
import os
import re
import sys
from typing import Dict, Iterator, List, Tuple

from graph_devices import Client, GraphDevicesError, Notice, Progress, Summary, UserResult

#: The columns that name a user, as `plain` writes them.
COLUMNS = {"userid": "UserId", "id": "Id", "userprincipalname": "UserPrincipalName"}
DELIMITERS = (",", ";", "\t")
#: Columns that only lists of devices have.
DEVICE = re.compile(r".*(deviceid|devicename|serialnumber)|primaryuser.*|serial|imei|meid")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leavers", help="the CSV file")
    parser.add_argument("journal", nargs="?", help="the file that records the run; without it, a preview sends nothing")
    parser.add_argument("--accept", action="append", default=[], metavar="WARNING", help="consent to a warning")
    parser.add_argument("--reason", help="what Multi Admin Approval shows to the approver")
    words = parser.parse_args()
    try:
        users = users_of(words.leavers)
        # For a long run, pass a function or a credential of azure-identity instead: it renews the token.
        with Client(os.environ.get("GRAPH_TOKEN", ""), endpoint_from_environment=True) as client:
            others = two_people(client, users)
            status = run(client, users, words) if words.journal else preview(client, users, words)
            return max(status, 1) if others else status
    except (GraphDevicesError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; run the same command again to resume", file=sys.stderr)
        return 130


def users_of(path: str) -> Dict[str, str]:
    """The users of the list in its order: the object id if a row has one, otherwise the name; each with the text to show."""
    users: Dict[str, str] = {}
    partners: Dict[str, str] = {}
    rows = records(path)
    header = next(rows)[1]
    columns = [(COLUMNS[plain(name)], at) for at, name in enumerate(header) if plain(name) in COLUMNS]
    for line, cells in rows:
        if not any(cells):
            continue
        if any(cells[len(header) :]):
            raise ValueError(f"{path}, line {line}: more cells than columns; quote what contains the delimiter")
        found = [(name, cells[at]) for name, at in columns if at < len(cells) and cells[at]]
        # A column Id may hold other ids.
        found = [(name, text) for name, text in found if name != "Id" or GUID.fullmatch(text)]
        ids = [(name, text.lower()) for name, text in found if GUID.fullmatch(text)]
        names = [(name, text) for name, text in found if not GUID.fullmatch(text)]
        for same in (ids, names):
            for name, text in same:
                if text.lower() != same[0][1].lower():
                    both = f"{same[0][0]} is {same[0][1]!r}, {name} is {text!r}"
                    raise ValueError(f"{path}, line {line}: the row names different users: {both}")
        if not found:
            raise ValueError(
                f"{path}, line {line}: the row names no user; fill {', '.join(name for name, _ in columns)}"
            )
        user, shown = (ids or names)[0][1], (names or ids)[0][1]
        if ids and names:
            for one, other in ((user, shown), (shown, user)):
                before = partners.setdefault(one.lower(), other)
                if before.lower() != other.lower():
                    raise ValueError(f"{path}, line {line}: {one} stands beside {other}, but above beside {before}")
            users[user] = shown
        users.setdefault(user, shown)
    return users


def records(path: str) -> Iterator[Tuple[int, List[str]]]:
    """The header and the rows, each with the number of its last line; cells without surrounding blanks."""
    text, skipped, delimiter = text_of(path), 0, None
    while text.startswith("#TYPE ") or text[:4].casefold() == "sep=":
        # The first lines of Export-Csv in Windows PowerShell and of a file made for Excel.
        line, _, text = text.partition("\n")
        skipped += 1
        delimiter = line.rstrip("\r")[4:] if not line.startswith("#") else delimiter
    if delimiter not in DELIMITERS:
        delimiter = delimiter_of(path, text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        refuse(path, header)
        yield skipped + lines.line_num, header
        for cells in lines:
            yield skipped + lines.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ValueError(f"{path}, line {skipped + lines.line_num}: {error}") from None


def text_of(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read()
    save = "save it as CSV UTF-8"
    if data.startswith(b"PK\x03\x04"):
        raise ValueError(f"{path} is a workbook; {save}")
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {line}: this is not the encoding UTF-8; {save}") from None
    if "\0" in text:
        raise ValueError(f"{path} holds NUL characters, as UTF-16 without its mark does; {save}")
    return text


def delimiter_of(path: str, text: str) -> str:
    """The delimiter with which the header has a known column."""
    headers = {}
    for delimiter in DELIMITERS:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        headers[delimiter] = [plain(cell) for cell in first]
    fit = [one for one, header in headers.items() if any(name in COLUMNS for name in header)]
    if len({tuple(headers[one]) for one in fit}) > 1:
        raise ValueError(f"{path} has several delimiters in its header; use one")
    # A header with one column is the same with each delimiter.
    return fit[0] if fit else max(DELIMITERS, key=lambda one: len(headers[one]))


def refuse(path: str, header: List[str]) -> None:
    devices = [name for name in header if DEVICE.fullmatch(plain(name))]
    if devices:
        raise ValueError(
            f"{path} is a list of devices ({', '.join(devices)}), and this would retire every other device of their owners too; "
            "to mean the owners, make a list with the column UserPrincipalName alone"
        )
    if not any(plain(name) in COLUMNS for name in header):
        found = ", ".join(header[:12]) + (", ..." if len(header) > 12 else "")
        raise ValueError(f"{path} has none of the columns {', '.join(COLUMNS.values())}; it has: {found}")


def plain(name: str) -> str:
    """The name of a column in lowercase, without blanks and punctuation."""
    return re.sub(r"[\W_]", "", name).lower()


def two_people(client: Client, users: Dict[str, str]) -> int:
    """Removes users whose name and object id do not match, as after sorting one column alone; returns how many."""
    ids = {name: user for user, name in users.items() if name != user}
    if not ids:
        return 0
    read = {result.user: result for result in client.preview(ids)}
    left_out = 0
    for name, user in ids.items():
        result = read.get(name)
        if result is None or result.id is None:
            why = f"the object id could not be read: {detail_of(result) if result else 'given twice'}"
        elif result.id.lower() != user.lower():
            why = f"the object id is {user} in the list, and {result.id} in the directory"
        else:
            continue
        print(name, "left out", "", why, sep="\t")
        del users[user]
        left_out += 1
    return left_out


def detail_of(result: UserResult) -> str:
    return str(result.detail or result.error or "")


def preview(client: Client, users: Dict[str, str], words: argparse.Namespace) -> int:
    results = client.preview(users, accept_warning=words.accept)
    for result in results:
        print(users.get(result.user, result.user), result.reason or result.outcome, detail_of(result), sep="\t")
        for device in result.devices or ():
            print("", device.name, device.operating_system, device.state, *(w.code for w in device.warnings), sep="\t")
    for text in results.notices:
        print(text, file=sys.stderr)
    return 0


def run(client: Client, users: Dict[str, str], words: argparse.Namespace) -> int:
    begun = os.path.exists(words.journal)
    left = 0
    with client.run(
        users,
        journal=None if begun else words.journal,
        resume=words.journal if begun else None,
        accept_warning=words.accept,
        justification=words.reason,
        input_list=words.leavers,
    ) as events:
        for event in events:
            if isinstance(event, UserResult):
                done = event.outcome in ("accepted", "confirmed") or event.reason == "done_before"
                left += not done
                print(users.get(event.user, event.user), event.outcome, event.reason or "", detail_of(event), sep="\t")
            elif isinstance(event, Notice) and event.kind == "run":
                print(event.text, file=sys.stderr)
            elif isinstance(event, Progress):
                print(f"{event.done} of {event.given}, {event.users_per_hour} an hour", file=sys.stderr)
            elif isinstance(event, Summary):
                print(*(f"{name} {count}" for name, count in event.counts._asdict().items()), sep=", ")
                if event.ended_by:
                    print(f"ended early: {event.message}", file=sys.stderr)
                    return 2
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
