"""What a run tells: plain immutable values, none of which ever holds a token."""

from __future__ import annotations

from typing import Any, Callable, Dict, Literal, NamedTuple, Optional, Tuple, Union

from ._devices import DeviceList, device_list
from ._errors import GraphDevicesError, from_fields
from ._receipt import Receipt

Outcome = Literal["accepted", "confirmed", "awaiting_approval", "failed", "unknown", "skipped"]
Reason = Literal[
    "done_before",
    "nothing_listed",
    "new_device",
    "identity_changed",
    "too_many_devices",
    "excluded",
    "preview",
    "stopped",
    "needs_consent",
]
Verdict = Literal["gone", "pending", "still_managed", "needs_person", "cannot_tell"]


class Row(NamedTuple):
    """The outcome of one user.

    ``user`` is as given and ``id`` the object id where it is known. ``reason`` and, in words, ``detail`` say why a user was
    skipped. ``receipt`` is that of an accepted user, ``error`` why another was not; it is not raised. ``devices`` are those
    read before anything was sent, ``None`` if they were not read.
    """

    user: str
    id: Optional[str]
    outcome: Outcome
    reason: Optional[Reason]
    detail: Optional[str]
    receipt: Optional[Receipt]
    error: Optional[GraphDevicesError]
    devices: Optional[DeviceList]


class Notice(NamedTuple):
    """Something for a log: a request was sent, waits, or is tried again; or the run goes on in another way."""

    text: str


class Tick(NamedTuple):
    """How far a run is: about once a second as long as it is iterated, also while it waits.

    ``done`` and ``given`` count users, ``rate`` is users per second since the beginning, and ``remaining`` how many seconds
    it will take at that rate, once all users are known and the first is done.
    """

    done: int
    given: int
    rate: float
    remaining: Optional[float]


class Counts(NamedTuple):
    """How many users came to each outcome. Accepted is not yet retired."""

    accepted: int
    confirmed: int
    awaiting_approval: int
    failed: int
    unknown: int
    skipped: int


class Summary(NamedTuple):
    """The last event of a run.

    ``duplicates`` are users that were given again and counted once. ``fatal`` is the status that ended the run early, and
    ``message`` why. ``endpoint`` is set only where requests went to no known Microsoft cloud.
    """

    counts: Counts
    duplicates: int
    fatal: Optional[str]
    message: Optional[str]
    endpoint: Optional[str]


class VerifiedDevice(NamedTuple):
    """What became of one device. ``since`` is when the retire was ordered, as the service wrote it."""

    id: str
    name: Optional[str]
    verdict: Verdict
    state: Optional[str]
    since: Optional[str]
    detail: Optional[str]


class Verification(NamedTuple):
    """What became of a user's devices. ``verdict`` is the worst of them."""

    user: str
    id: Optional[str]
    verdict: Verdict
    devices: Tuple[VerifiedDevice, ...]


class Report(NamedTuple):
    """What a run came to. ``unfinished`` holds the row of each user who was not accepted or confirmed, now or before."""

    counts: Counts
    duplicates: int
    fatal: Optional[str]
    message: Optional[str]
    endpoint: Optional[str]
    unfinished: Tuple[Row, ...]


#: What a run tells: its iterator yields these.
Event = Union[Row, Notice, Tick, Summary]


def _row(told: Dict[str, Any]) -> Row:
    receipt, error, devices = told["receipt"], told["error"], told["devices"]
    told["reason"] = told["reason"] or None
    told["receipt"] = None if receipt is None else Receipt(**receipt)
    told["error"] = None if error is None else from_fields(**error)
    told["devices"] = None if devices is None else device_list(**devices)
    return Row(**told)


def summary(told: Dict[str, Any]) -> Summary:
    """The summary that the native module told."""
    return Summary(**{**told, "counts": Counts(**told["counts"])})


def _verification(told: Dict[str, Any]) -> Verification:
    return Verification(**{**told, "devices": tuple(VerifiedDevice(**one) for one in told["devices"])})


#: Makes the value of each kind of event that the native module tells.
MADE: Dict[str, Callable[[Dict[str, Any]], Union[Event, Verification]]] = {
    "row": _row,
    "notice": lambda told: Notice(**told),
    "tick": lambda told: Tick(**told),
    "verified": _verification,
    "done": summary,
}
