"""The events of a run: immutable values, none of which ever holds a token."""

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

    ``user`` is as given; ``id`` is the object id, if known. ``reason`` is why the user was skipped, and ``detail`` is
    the same as text; ``detail`` is also set if the result could not be written to the journal. ``receipt`` is the
    receipt of an accepted user. ``error``, which is not raised, is set if the user was queued for approval, failed, is
    unknown, or was stopped in its turn. ``devices`` are the devices as read before the action was sent; ``None`` if
    they were not read, or if the run ended before the user. ``status`` is the status of the error, ``ok`` if the user
    was accepted or confirmed, or ``cancelled`` if the run ended before the user. ``effect`` is whether the action may
    have been applied to a user that was not accepted, by this run or an earlier run of its journal. ``message`` says
    what happened and what to do next, if the outcome alone does not.
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
    """One line for a log.

    ``kind`` is ``sending`` (a request is sent), ``waiting`` (an attempt failed, and another follows) or ``run`` (the
    run deviates from its options, or a user was left out). A program without a log should show the notices of ``run``.
    """

    text: str
    kind: NoticeKind


class Progress(NamedTuple):
    """The progress of a run: about once a second while it is iterated, also during waits.

    ``done`` and ``given`` count users, without known duplicates. ``users_per_hour`` is the rate over the last minute,
    or since the run began if that is shorter; pauses that the service requests are part of that time. ``remaining`` is
    the remaining time at that rate in seconds; ``None`` until all users are known, and if no user was finished within
    the last minute.
    """

    done: int
    given: int
    users_per_hour: int
    remaining: Optional[float]


class Counts(NamedTuple):
    """How many users have each outcome. Accepted is not yet retired."""

    accepted: int
    confirmed: int
    awaiting_approval: int
    failed: int
    unknown: int
    skipped: int


class Verdicts(NamedTuple):
    """How many users of a verification have each verdict. The verdict of a user is the worst of the devices."""

    gone: int
    pending: int
    still_managed: int
    needs_person: int
    cannot_tell: int


class Summary(NamedTuple):
    """The last event of a run.

    A run counts users in ``counts``, a verification in ``verdicts``; the numbers of the other are 0. ``duplicates`` is
    how many given users were duplicates; each user is counted once. ``ended_by`` is the status that ended the run
    early, and ``message`` has the reason as text; both are also ``None`` if the run was stopped. ``custom_endpoint`` is
    the endpoint, unless it is a known Microsoft cloud.
    """

    counts: Counts
    duplicates: int
    ended_by: Optional[str]
    message: Optional[str]
    custom_endpoint: Optional[str]
    verdicts: Verdicts


class Verification(NamedTuple):
    """What became of a user's devices. ``verdict`` is their worst verdict, or ``cannot_tell`` if no device was recorded."""

    user: str
    id: Optional[str]
    verdict: Verdict
    devices: Tuple[VerifiedDevice, ...]


class Report(NamedTuple):
    """The outcome of a whole run.

    ``unfinished`` has the result of each user who was not accepted or confirmed, by this run or an earlier run of its
    journal. ``notices`` are the texts of kind ``run``, such as a missing permission to read. The other fields are those
    of :class:`Summary`.
    """

    counts: Counts
    duplicates: int
    ended_by: Optional[str]
    message: Optional[str]
    custom_endpoint: Optional[str]
    unfinished: Tuple[UserResult, ...]
    notices: Tuple[str, ...]


#: The events that a run yields.
Event = Union[UserResult, Notice, Progress, Summary]


def _result(fields: Dict[str, Any]) -> UserResult:
    receipt, error, devices = fields["receipt"], fields["error"], fields["devices"]
    fields["reason"] = fields["reason"] or None
    fields["receipt"] = None if receipt is None else Receipt(**receipt)
    fields["error"] = None if error is None else from_fields(**error)
    fields["devices"] = None if devices is None else device_list(**devices)
    return UserResult(**fields)


def summary(fields: Dict[str, Any]) -> Summary:
    """The summary from the fields of the native module."""
    fields.pop("file", None)
    return Summary(**{**fields, "counts": Counts(**fields["counts"]), "verdicts": Verdicts(**fields["verdicts"])})


def _verification(fields: Dict[str, Any]) -> Verification:
    return Verification(**{**fields, "devices": tuple(VerifiedDevice(**one) for one in fields["devices"])})


#: Converts the fields of each kind of event from the native module.
MADE: Dict[str, Callable[[Dict[str, Any]], Union[Event, Verification]]] = {
    "result": _result,
    "notice": lambda fields: Notice(**fields),
    "progress": lambda fields: Progress(**fields),
    "verified": _verification,
    "done": summary,
}
