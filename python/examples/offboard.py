"""Retires the devices of everybody in a list, with the access token in GRAPH_TOKEN.

The list is a CSV file with a column UserPrincipalName, UserId or Id. Look at a preview first. Interrupted or killed, start it
again in the same words: the journal knows who is done.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from typing import Iterator

from graph_devices import Client, GraphDevicesError, Notice, Row, Summary, Tick

COLUMNS = ("UserPrincipalName", "UserId", "Id")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leavers", help="the CSV file")
    parser.add_argument("journal", nargs="?", help="where the run is recorded; none: preview, nothing is sent")
    parser.add_argument("--accept", action="append", default=[], metavar="WARNING", help="consent to a warning")
    parser.add_argument("--reason", help="what Multi Admin Approval shows to the approver")
    words = parser.parse_args()
    try:
        # In place of the text, a function or a credential of azure-identity renews tokens during a long run.
        with Client(os.environ.get("GRAPH_TOKEN", ""), endpoint_from_environment=True) as client:
            return run(client, words) if words.journal else preview(client, words)
    except (GraphDevicesError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; start it again in the same words to go on", file=sys.stderr)
        return 130


def users(path: str) -> Iterator[str]:
    """The users of the list, read line by line."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        column = next((name for name in COLUMNS if name in (lines.fieldnames or ())), None)
        if column is None:
            raise ValueError(f"{path} has none of the columns {', '.join(COLUMNS)}")
        for line in lines:
            yield line[column] or ""


def preview(client: Client, words: argparse.Namespace) -> int:
    rows = client.preview(users(words.leavers), accept=words.accept)
    for row in rows:
        print(row.user, row.reason or row.outcome, row.detail or row.error or "", sep="\t")
        for device in row.devices or ():
            print("", device.name, device.operating_system, device.state, *(w.code for w in device.warnings), sep="\t")
    for text in rows.notices:
        print(text, file=sys.stderr)
    return 0


def run(client: Client, words: argparse.Namespace) -> int:
    begun = os.path.exists(words.journal)
    left = 0
    with client.run(
        users(words.leavers),
        journal=None if begun else words.journal,
        resume=words.journal if begun else None,
        accept=words.accept,
        reason=words.reason,
        input=words.leavers,
    ) as events:
        for event in events:
            if isinstance(event, Row):
                done = event.outcome in ("accepted", "confirmed") or event.reason == "done_before"
                left += not done
                print(event.user, event.outcome, event.reason or "", event.detail or event.error or "", sep="\t")
            elif isinstance(event, Notice) and event.kind == "run":
                print(event.text, file=sys.stderr)
            elif isinstance(event, Tick):
                print(f"{event.done} of {event.given}, {event.rate:.1f} a second", file=sys.stderr)
            elif isinstance(event, Summary):
                print(*(f"{name} {count}" for name, count in event.counts._asdict().items()), sep=", ")
                if event.fatal:
                    print(f"ended early: {event.message}", file=sys.stderr)
                    return 2
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
