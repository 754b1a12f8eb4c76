"""The options of a run: each reaches it, and a wrong one is refused by name."""

import hashlib
import inspect
import io
import os
import re
import socket

import graph_devices
import pytest
from conftest import ADELE, DIEGO, outcome_of, records, results
from graph_devices import Client


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"accept_warning": ["entra_joined_windows"]}, ("accepted", None)),
        ({"exclude": [ADELE]}, ("skipped", "excluded")),
        ({"exclude": (name for name in ["adele@contoso.com"])}, ("skipped", "excluded")),
        ({"max_devices_per_user": 1}, ("skipped", "too_many_devices")),
        ({"inspect_first": False}, ("accepted", None)),
    ],
)
def test_options_that_decide_about_a_user(client, options, expected):
    assert outcome_of(results(client.run(["adele@contoso.com"], **options))["adele@contoso.com"]) == expected


def test_without_inspect_first_nothing_is_read(client, emulator):
    assert results(client.run([ADELE], inspect_first=False))[ADELE].devices is None
    assert [entry["method"] for entry in emulator.log()] == ["POST"]


def test_every_option_reaches_the_run(client, journal, tmp_path):
    users = tmp_path / "leavers.csv"
    users.write_bytes(b"diego@contoso.com\n")
    list(
        client.run(
            [DIEGO], journal=journal, write_quota=(7, 1.5), read_quota=(9, 2), connections=3, batch_size=4, max_users=5,
            max_devices_per_user=6, max_approvals=8, exclude=[ADELE], accept_warning=["shared_device"], justification="left", input_list=users,
            initiated_by="ann", machine="here", consent="typed 1",
        )
    )  # fmt: skip
    run = records(journal, "run")[0]
    assert run["options"] == {
        "inspect_first": True, "write_quota": 7, "write_quota_window_ms": 1500, "read_quota": 9, "read_quota_window_ms": 2000, "connections": 3,
        "batch_size": 4, "max_users": 5, "max_devices_per_user": 6, "max_approvals": 8, "excluded": 1,
        "accept_warning": ["shared_device"],
    }  # fmt: skip
    assert (run["initiated_by"], run["machine"], run["consent"], run["justification"], run["input_list"]["name"]) == (
        "ann",
        "here",
        "typed 1",
        "left",
        "leavers.csv",
    )
    assert run["input_list"]["sha256"] == hashlib.sha256(users.read_bytes()).hexdigest()
    assert "demo-token" not in journal.read_text()


def test_the_journal_has_the_name_of_the_machine(client, journal):
    list(client.run([DIEGO], journal=journal, input_list=("list", "0" * 64)))
    run = records(journal, "run")[0]
    assert run["machine"] == socket.gethostname() and run["input_list"] == {"name": "list", "sha256": "0" * 64}


@pytest.mark.parametrize(
    "options",
    [
        {"connections": 0},
        {"connections": 65},
        {"batch_size": 21},
        {"max_users": 0},
        {"max_users": -1},
        {"max_approvals": -1},
        {"write_quota": (0, 20)},
        {"write_quota": (19, 20), "batch_size": 20},
        {"deadline": 0},
        {"deadline": -1.0},
        {"deadline": float("nan")},
        {"write_quota": (1, float("nan"))},
        {"read_quota": (1, 0)},
        {"exclude": ["me"]},
        {"exclude": "adele@contoso.com"},
        {"accept_warning": ["no_such_warning"]},
        {"accept_warning": ["several_users"]},
        {"accept_warning": "shared_device"},
        {"justification": ""},
        {"input_list": "/nowhere/leavers.csv"},
        {"input_list": ("list", "no digest")},
        {"resume": "/nowhere/journal"},
    ],
)
def test_a_bad_option_is_an_error_at_once_and_leaves_no_journal(client, emulator, journal, options):
    with pytest.raises(graph_devices.InvalidArgumentError):
        client.run([DIEGO], **{"journal": journal, **options})
    assert not journal.exists() and emulator.log() == []


@pytest.mark.parametrize("option", ["exclude", "accept_warning"])
def test_one_text_is_not_a_list_of_texts(client, option):
    with pytest.raises(graph_devices.InvalidArgumentError, match=f"{option} must be a list of texts"):
        client.run([DIEGO], **{option: "shared_device"})


#: Values of the wrong type, by option.
WRONG = {
    "connections": ["16", 1.5, True, [16]],
    "batch_size": ["1", None.__class__],
    "max_users": [{}, 10.0],
    "max_devices_per_user": ["ten", float("nan")],
    "max_approvals": [b"0", 1 << 70],
    "write_quota": ["150/20", 150, (150,), [150, 20, 1], ["150", 20], [150, "20"], {"writes": 150}, [150.5, 20]],
    "read_quota": [[2000, None], (True, 20)],
    "deadline": ["5", b"5", True, [5], 1j, 10**400],
    "journal": [7, b"journal", ["journal"]],
    "resume": [7.5, ("a", "b")],
    "plan": [{}],
    "inspect_first": ["no", 0, []],
    "exclude": [7, [7], [None], ["a@b.example", float("nan")], [b"a@b.example"], bytearray(b"a@b.example"), [[ADELE]]],
    "accept_warning": [7, [7], [None]],
    "justification": [7, ["left"], b"left"],
    "initiated_by": [7],
    "machine": [7],
    "consent": [4],
    "input_list": [7, (1, 2), ("list",), ("list", None)],
}


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_type_is_refused_with_the_name_of_the_argument(client, emulator, name, value):
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        client.run([DIEGO], **{name: value})
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        client.remove_all_devices_bulk([DIEGO], **{name: value})
    if name in inspect.signature(Client.preview).parameters:
        with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
            client.preview([DIEGO], **{name: value})
    assert emulator.log() == []


def test_the_message_counts_the_entry_with_the_wrong_type(client):
    with pytest.raises(graph_devices.InvalidArgumentError, match="exclude: entry 2 is float, not str"):
        client.run([DIEGO], exclude=iter([ADELE, float("nan")]))


@pytest.mark.parametrize(
    "name",
    [
        "exclude",
        "accept_warning",
        "justification",
        "initiated_by",
        "machine",
        "consent",
        "journal",
        "resume",
        "plan",
        "input_list",
    ],
)
def test_a_lone_surrogate_in_an_argument_is_refused_with_its_name(client, emulator, name):
    half = "left\ud800"
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b.* lone surrogate") as caught:
        client.run([DIEGO], **{name: [half] if name in ("exclude", "accept_warning") else half})
    assert caught.value.__context__ is None and emulator.log() == []


def test_a_path_may_contain_bytes_that_are_not_utf_8(client, tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"j\xff.jsonl")
    list(client.run([DIEGO], journal=os.fsdecode(name)))
    with open(name, "rb") as file:
        assert file.readline().startswith(b'{"event":"run"')


@pytest.mark.parametrize("of", [list, tuple])
def test_pairs_may_be_lists(client, journal, of):
    users = ["list", "0" * 64]
    list(client.run([DIEGO], journal=journal, write_quota=of([7, 1.5]), read_quota=of([9, 2]), input_list=of(users)))
    run = records(journal, "run")[0]
    assert [
        run["options"][name] for name in ("write_quota", "write_quota_window_ms", "read_quota", "read_quota_window_ms")
    ] == [
        7,
        1500,
        9,
        2000,
    ]
    assert run["input_list"] == {"name": "list", "sha256": "0" * 64}


@pytest.mark.parametrize("content", [f"{ADELE}\n", f"\n{ADELE}\r\n\n", f"a@b.example\n{ADELE}"])
def test_exclusions_may_come_from_an_open_file(client, tmp_path, content):
    path = tmp_path / "never.txt"
    path.write_text(content, newline="")
    with open(path, newline="") as file:
        assert outcome_of(results(client.run(["adele@contoso.com"], exclude=file))["adele@contoso.com"]) == (
            "skipped",
            "excluded",
        )


@pytest.mark.parametrize("bad", [f"{ADELE}\n", f" {ADELE}", f"{ADELE} ", "", "\n", "\ufeff" + ADELE])
def test_a_malformed_exclusion_is_refused_instead_of_ignored(client, emulator, bad):
    with pytest.raises(graph_devices.InvalidArgumentError, match="^exclude"):
        client.run([ADELE], exclude=[bad])
    if bad.strip("\n"):
        with pytest.raises(graph_devices.InvalidArgumentError, match="^exclude"):
            client.run([ADELE], exclude=io.StringIO(bad + " \n"))
    assert emulator.log() == []


def test_the_defaults_are_the_cores(client, journal):
    """An option that is not given is not passed; the docstring has the defaults that the run uses."""
    for name, parameter in inspect.signature(Client.run).parameters.items():
        assert name in ("self", "users") or parameter.default is None
    list(client.run([DIEGO], journal=journal))
    had = records(journal, "run")[0]["options"]
    said = " ".join(Client.run.__doc__.split())
    for name, default in {
        "write_quota": f"{had['write_quota']} in {had['write_quota_window_ms'] // 1000} seconds",
        "read_quota": f"{had['read_quota']} in {had['read_quota_window_ms'] // 1000} seconds",
        "connections": had["connections"],
        "batch_size": had["batch_size"],
        "max_devices_per_user": had["max_devices_per_user"],
        "max_approvals": had["max_approvals"],
    }.items():
        assert re.search(rf"``{name}``:[^`]*?[Tt]he default is {default}\b", said), name
    assert had["inspect_first"] and re.search("``inspect_first``:[^`]*?the default is yes", said)


def test_the_deadline_limits_each_request(client, emulator):
    busy = {"match": "removeAll", "status": 503, "headers": {"Retry-After": "2"}}
    emulator.faults(busy)
    result = results(client.run([DIEGO], inspect_first=False, deadline=1))[DIEGO]
    assert (
        outcome_of(result) == ("failed", None)
        and result.error.status == "service_unavailable"
        and result.error.attempts == 1
    )
    emulator.faults(busy)
    assert outcome_of(results(client.run([DIEGO], inspect_first=False, deadline=60))[DIEGO]) == ("accepted", None)
    emulator.faults(busy)
    (result,) = client.remove_all_devices_bulk([ADELE], inspect_first=False, deadline=1).unfinished
    assert result.error.status == "service_unavailable"


def test_run_and_remove_all_devices_bulk_have_the_same_options():
    run, bulk = (inspect.signature(way) for way in (Client.run, Client.remove_all_devices_bulk))
    assert run.parameters == bulk.parameters
