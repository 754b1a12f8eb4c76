"""Retire every Intune-managed device of a user through Microsoft Graph, and say truthfully what happened.

    >>> from graph_devices import Client
    >>> with Client(credential) as client:                              # doctest: +SKIP
    ...     receipt = client.remove_all_devices("adele@contoso.com")

Only HTTP 204 is a yes; everything else is a :class:`GraphDevicesError`, whose ``effect`` says whether the action can have
been applied all the same.
"""

from ._client import Client, remove_all_devices
from ._errors import (
    ApprovalPendingError,
    ConnectError,
    GraphDevicesError,
    InternalError,
    InvalidArgumentError,
    JournalError,
    JustificationRequiredError,
    LostConnectionError,
    NotLicensedError,
    PermissionDeniedError,
    RejectedError,
    RequestTimeoutError,
    ServiceUnavailableError,
    StoppedError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UserNotFoundError,
)
from ._native import version as _version
from ._receipt import Receipt

__version__ = _version()

__all__ = [
    "ApprovalPendingError",
    "Client",
    "ConnectError",
    "GraphDevicesError",
    "InternalError",
    "InvalidArgumentError",
    "JournalError",
    "JustificationRequiredError",
    "LostConnectionError",
    "NotLicensedError",
    "PermissionDeniedError",
    "Receipt",
    "RejectedError",
    "RequestTimeoutError",
    "ServiceUnavailableError",
    "StoppedError",
    "ThrottledError",
    "UnauthenticatedError",
    "UnexpectedResponseError",
    "UserNotFoundError",
    "remove_all_devices",
]
