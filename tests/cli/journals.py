"""A list, the journal of what was done with it, and its reports."""

import csv
import hashlib
import io
import json
import re

from process import ADELE, DIEGO, FREE, LEE, OBRIEN, TABLET

NO_ONE = "no-one@contoso.com"
PEOPLE = [ADELE, DIEGO, LEE, OBRIEN, TABLET, NO_ONE]


class Case:
    def __init__(self, program, emulator):
        self.program = program
        self.emulator = emulator
        self.folder = program.folder
        self.journal = self.folder / "leavers.jsonl"
        self.list = self.folder / "leavers.csv"

    def write_list(self, people):
        rows = [f"E{1000 + at};{user};2026-06-{at + 1:02}" for at, user in enumerate(people)]
        text = "\r\n".join(["Employee ID;UserPrincipalName;Leaving date", *rows, ""])
        self.list.write_bytes(text.encode())

    def remove_words(self, people):
        self.write_list(people)
        accept = ["--accept-warning", "entra_joined_windows", "--initiated-by", "it@contoso.com"]
        return ["remove", self.list.name, "--journal", self.journal.name, "--yes", len(people), *accept, *FREE]

    def run(self, people):
        """A preview, and a run that is held to it, in one journal."""
        ended = self.program(*self.remove_words(people))
        assert ended.exit in (0, 1), ended.err
        return self

    def verify(self):
        ended = self.program("verify", self.journal.name)
        assert ended.exit in (0, 1, 4), ended.err
        return self

    def sha256(self):
        return hashlib.sha256(self.journal.read_bytes()).hexdigest()

    def report(self, *args, exit=0):
        """What the program prints of the journal. It needs neither a token nor a network."""
        offline = {"GRAPH_DEVICES_ENDPOINT": "", "https_proxy": "http://127.0.0.1:1"}
        ended = self.program("report", *args, self.journal.name, token=None, env=offline)
        assert ended.exit == exit, (ended.out, ended.err)
        return ended

    def page(self, *args):
        self.report("--force", "-o", "page.html", *args)
        return (self.folder / "page.html").read_text(encoding="utf-8")

    def json(self, *args):
        return json.loads(self.report("--format", "json", *args).out)

    def devices(self, user):
        """The ids of a user's devices."""
        users = self.emulator.ask("GET", "state")["users"]
        (found,) = (one for one in users if one["userPrincipalName"] == user)
        return [device["id"] for device in found["devices"]]


def rows_of(page):
    """The table rows of the people, as HTML."""
    (body,) = re.findall(r'<table id="all">.*?<tbody>(.*?)</tbody>', page, re.S)
    return re.findall(r"<tr .*?</tr>", body, re.S)


def table(text):
    """The rows of a report as CSV, which has a byte order mark and CRLF."""
    assert text.startswith("\ufeff") and text.replace("\r\n", "").count("\n") == 0
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def by_user(account):
    return {person["user"]: person for person in account["people"]}
