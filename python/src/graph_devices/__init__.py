"""Retires every Intune-managed device of a user through Microsoft Graph, and reports whether it happened.

    >>> from graph_devices import Client
    >>> with Client(credential) as client:                              # doctest: +SKIP
    ...     receipt = client.remove_all_devices("adele@contoso.com")

Only HTTP 204 means accepted. Every other answer raises a :class:`GraphDevicesError`; its ``effect`` is whether the
action may have been applied.
"""

from __future__ import annotations

from ._client import Client, remove_all_devices
from ._native import version as _version
from .generated import errors as _exceptions
from .generated.errors import *  # noqa: F403

TYPE_CHECKING = False  # as type checkers take it: the import of typing costs more than all else here
if TYPE_CHECKING:
    from typing import Any, List

    from ._devices import Device, DeviceList, DeviceWarning, Severity
    from ._events import (
        Counts,
        Event,
        Notice,
        NoticeKind,
        Outcome,
        Progress,
        Reason,
        Report,
        Summary,
        UserResult,
        Verdict,
        Verdicts,
        Verification,
        VerifiedDevice,
    )
    from ._run import Results, Run
    from .generated.receipt import Receipt

__version__ = _version()

__all__ = [
    "Client",
    "Counts",
    "Device",
    "DeviceList",
    "DeviceWarning",
    "Event",
    "Notice",
    "NoticeKind",
    "Outcome",
    "Progress",
    "Reason",
    "Receipt",
    "Report",
    "Results",
    "Run",
    "Severity",
    "Summary",
    "UserResult",
    "Verdict",
    "Verdicts",
    "Verification",
    "VerifiedDevice",
    "remove_all_devices",
]
__all__ += _exceptions.__all__

#: Names that are loaded when they are first used, so that the import is fast.
_LATER = {
    "_devices": ("Device", "DeviceList", "DeviceWarning", "Severity"),
    "_events": (
        "Counts", "Event", "Notice", "NoticeKind", "Outcome", "Reason", "Report", "UserResult", "Summary", "Progress", "Verdict", "Verdicts",
        "Verification", "VerifiedDevice",
    ),
    "_run": ("Results", "Run"),
    "generated.receipt": ("Receipt",),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _LATER.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> List[str]:
    return sorted(set(globals()) | set(__all__))
