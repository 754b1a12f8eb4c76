"""The exceptions, one for each status."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Optional, Type, Union

from ._file_error import FileError

if TYPE_CHECKING:
    from ._events import Report


class GraphDevicesError(Exception):
    """A call was not accepted. ``str()`` says what happened and what to do next; no attribute ever holds a token.

    ``effect`` says whether the action can have been applied all the same, over all attempts: ``"none"`` or
    ``"possible"``. ``retry_after`` is in seconds. What the service did not tell is ``None``.
    """

    #: The name of the status, the same in every language.
    status: str = "internal"
    #: What a run had come to when this ended it; only of :meth:`Client.remove_all_devices_bulk`.
    report: Optional[Report] = None

    def __init__(
        self,
        message: str,
        *,
        http_status: Optional[int] = None,
        code: Optional[str] = None,
        inner_code: Optional[str] = None,
        service_message: Optional[str] = None,
        request_id: Optional[str] = None,
        client_request_id: Optional[str] = None,
        activity_id: Optional[str] = None,
        retry_after: Optional[float] = None,
        approval_code: Optional[str] = None,
        claims: Optional[str] = None,
        attempts: int = 0,
        effect: str = "none",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status
        self.code = code
        self.inner_code = inner_code
        self.service_message = service_message
        self.request_id = request_id
        self.client_request_id = client_request_id
        self.activity_id = activity_id
        self.retry_after = retry_after
        self.approval_code = approval_code
        self.claims = claims
        self.attempts = attempts
        self.effect = effect


class InvalidArgumentError(GraphDevicesError, ValueError):
    """An argument was refused and nothing was sent."""

    status = "invalid_argument"


class UnauthenticatedError(GraphDevicesError):
    """The service refused the token. ``claims`` is what a new one must meet, if the service challenged for it."""

    status = "unauthenticated"


class PermissionDeniedError(GraphDevicesError):
    """The app or the signed-in person may not do this."""

    status = "permission_denied"


class NotLicensedError(GraphDevicesError):
    """The tenant has no Intune licence."""

    status = "not_licensed"


class UserNotFoundError(GraphDevicesError):
    """The directory has no such user."""

    status = "user_not_found"


class JustificationRequiredError(GraphDevicesError):
    """Multi Admin Approval wants a justification."""

    status = "justification_required"


class ApprovalPendingError(GraphDevicesError):
    """Multi Admin Approval queued the request; ``approval_code`` belongs to this user alone."""

    status = "approval_pending"


class ThrottledError(GraphDevicesError):
    """Throttled until attempts or deadline ran out; ``retry_after`` says how long to wait."""

    status = "throttled"


class ServiceUnavailableError(GraphDevicesError):
    """The service failed until attempts or deadline ran out."""

    status = "service_unavailable"


class RejectedError(GraphDevicesError):
    """The service refused the request for another reason."""

    status = "rejected"


class ConnectError(GraphDevicesError):
    """No connection was made; nothing was sent."""

    status = "connection_failed"


class RequestTimeoutError(GraphDevicesError, TimeoutError):
    """Sent, but no answer came in time: the devices may or may not be retired."""

    status = "timeout"


class LostConnectionError(GraphDevicesError):
    """The connection was lost after sending: the devices may or may not be retired."""

    status = "interrupted"


class UnexpectedResponseError(GraphDevicesError):
    """The answer did not come from Microsoft Graph in its own form."""

    status = "unexpected_response"


class StoppedError(GraphDevicesError):
    """The caller asked to stop."""

    status = "cancelled"


class JournalError(GraphDevicesError, FileError):
    """The journal could not be read or written. ``filename`` is its path; ``errno`` and ``strerror`` say what the system said."""

    status = "journal"


class InternalError(GraphDevicesError):
    """A bug in this library."""

    status = "internal"


BY_STATUS: Dict[str, Type[GraphDevicesError]] = {kind.status: kind for kind in GraphDevicesError.__subclasses__()}


def from_fields(*, status: str, **fields: Any) -> GraphDevicesError:
    """The exception for the fields of a failure."""
    return BY_STATUS.get(status, InternalError)(**fields)


def about_file(error: GraphDevicesError, path: Union[str, "os.PathLike[str]"], number: Optional[int]) -> None:
    """Notes in an error which file it is about, and the system's number for what went wrong."""
    if isinstance(error, FileError):
        error.about(path, number)


def copy(error: GraphDevicesError) -> GraphDevicesError:
    """Another exception with the same fields."""
    fields = GraphDevicesError.__init__.__kwdefaults__ or ()
    return type(error)(error.message, **{name: getattr(error, name) for name in fields})
