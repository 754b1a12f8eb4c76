"""What a run tells: plain immutable values, none of which ever holds a token."""

from __future__ import annotations

from typing import Any, Callable, Dict, Literal, NamedTuple, Optional, Tuple, Union

from ._devices import DeviceList, device_list
from ._errors import GraphDevicesError, from_fields
from .generated.devices import Verdict as Verdict, VerifiedDevice as VerifiedDevice
from .generated.receipt import Receipt

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
NoticeKind = Literal["sending", "waiting", "run"]


class UserResult(NamedTuple):
    """The outcome of one user.

    ``user`` is as given and ``id`` the object id where it is known. ``reason`` and, in words, ``detail`` say why a user was
    skipped; ``detail`` also says, of any user, that the result could not be written into the journal. ``receipt`` is that of
    an accepted user. ``error`` is why a user was queued for approval, failed, is unknown, or was stopped when its turn had come;
    it is not raised. ``devices`` are those read before anything was sent, ``None`` if they were not read or the run had ended
    before the user. ``status`` is that of the error, ``ok`` of a user that was accepted or confirmed, ``cancelled`` of one that
    the run ended before. ``effect`` is whether the action can have been applied to a user that was not accepted, by this run or
    an earlier one of its journal. ``message`` says what happened and what to do next, where there is more to say than the outcome.
    """

    user: str
    id: Optional[str]
    outcome: Outcome
    reason: Optional[Reason]
    detail: Optional[str]
    receipt: Optional[Receipt]
    error: Optional[GraphDevicesError]
    devices: Optional[DeviceList]
    status: Optional[str] = None
    effect: Optional[str] = None
    message: Optional[str] = None


class Notice(NamedTuple):
    """Something for a log.

    ``kind`` is what it is about: ``sending`` (a request leaves), ``waiting`` (an attempt failed and another follows) or ``run``
    (the run goes on in another way than asked for, or left somebody out). Whoever shows no log should show those of ``run``.
    """

    text: str
    kind: NoticeKind


class Progress(NamedTuple):
    """How far a run is: about once a second as long as it is iterated, also while it waits.

    ``done`` and ``given`` count users, those given again left out as far as it is known. ``users_per_hour`` is the rate
    over the last minute, or since the run began if that is less; pauses that the service asks for are part of that time.
    ``remaining`` is how many seconds it will still take at that rate, once all users are known; ``None`` while nobody was done
    within the last minute.
    """

    done: int
    given: int
    users_per_hour: int
    remaining: Optional[float]


class Counts(NamedTuple):
    """How many users came to each outcome. Accepted is not yet retired."""

    accepted: int
    confirmed: int
    awaiting_approval: int
    failed: int
    unknown: int
    skipped: int


class Verdicts(NamedTuple):
    """How many users of a verification came to each verdict; that of a user is the worst of the devices."""

    gone: int
    pending: int
    still_managed: int
    needs_person: int
    cannot_tell: int


class Summary(NamedTuple):
    """The last event of a run.

    A run counts users in ``counts``, a verification in ``verdicts``; of the other all are 0. ``duplicates`` is how many times a
    user was given again; each is counted once. ``ended_by`` is the status of what ended the run early, and ``message`` says it in
    words; both are ``None`` also if it was stopped. ``custom_endpoint`` is set only where requests went to no known Microsoft cloud.
    """

    counts: Counts
    duplicates: int
    ended_by: Optional[str]
    message: Optional[str]
    custom_endpoint: Optional[str]
    verdicts: Verdicts


class Verification(NamedTuple):
    """What became of a user's devices. ``verdict`` is the worst of them, and ``cannot_tell`` if none was recorded."""

    user: str
    id: Optional[str]
    verdict: Verdict
    devices: Tuple[VerifiedDevice, ...]


class Report(NamedTuple):
    """What a run came to.

    ``unfinished`` holds the row of each user who was not accepted or confirmed, now or before. ``notices`` are the texts of kind
    ``run``, such as that reading was not permitted. The others are those of :class:`Summary`.
    """

    counts: Counts
    duplicates: int
    ended_by: Optional[str]
    message: Optional[str]
    custom_endpoint: Optional[str]
    unfinished: Tuple[UserResult, ...]
    notices: Tuple[str, ...]


#: What a run tells: its iterator yields these.
Event = Union[UserResult, Notice, Progress, Summary]


def _result(told: Dict[str, Any]) -> UserResult:
    receipt, error, devices = told["receipt"], told["error"], told["devices"]
    told["reason"] = told["reason"] or None
    told["receipt"] = None if receipt is None else Receipt(**receipt)
    told["error"] = None if error is None else from_fields(**error)
    told["devices"] = None if devices is None else device_list(**devices)
    return UserResult(**told)


def summary(told: Dict[str, Any]) -> Summary:
    """The summary that the native module told."""
    told.pop("file", None)
    return Summary(**{**told, "counts": Counts(**told["counts"]), "verdicts": Verdicts(**told["verdicts"])})


def _verification(told: Dict[str, Any]) -> Verification:
    return Verification(**{**told, "devices": tuple(VerifiedDevice(**one) for one in told["devices"])})


#: Makes the value of each kind of event that the native module tells.
MADE: Dict[str, Callable[[Dict[str, Any]], Union[Event, Verification]]] = {
    "result": _result,
    "notice": lambda told: Notice(**told),
    "progress": lambda told: Progress(**told),
    "verified": _verification,
    "done": summary,
}
