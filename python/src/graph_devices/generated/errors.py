"""The exceptions, one for each status. Written by `cargo xtask generate`; do not edit."""

from __future__ import annotations

from .._file_error import FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

    from .._events import Report

__all__ = [
    "GraphDevicesError",
    "InvalidArgumentError",
    "UnauthenticatedError",
    "PermissionDeniedError",
    "NotLicensedError",
    "UserNotFoundError",
    "JustificationRequiredError",
    "ApprovalPendingError",
    "ThrottledError",
    "ServiceUnavailableError",
    "RejectedError",
    "ConnectError",
    "RequestTimeoutError",
    "LostConnectionError",
    "UnexpectedResponseError",
    "StoppedError",
    "JournalError",
    "InternalError",
]


class GraphDevicesError(Exception):
    """A call was not accepted. ``str()`` says what happened and what to do next; no attribute ever holds a token.

    Durations are in seconds. An absent value is ``None``.

    - ``http_status``: The HTTP status of the last answer.
    - ``code``: ``error.code`` of the service.
    - ``inner_code``: The innermost nested code, or the AADSTS number.
    - ``service_message``: The service's message, without its boilerplate.
    - ``request_id``: The service's id of the request; support asks for it.
    - ``client_request_id``: The id that this library sent with the request.
    - ``activity_id``: The id in Intune's own logs.
    - ``retry_after``: The wait that the service asked for.
    - ``approval_code``: The code of the queued Multi Admin Approval request. It belongs to this user alone.
    - ``claims``: The decoded claims challenge (a JSON object) that a new token must meet.
    - ``attempts``: How many times the request was tried; 0 if it was refused before any attempt.
    - ``effect``: Whether the action can have been applied, over all attempts.
    """

    #: The name of the status, the same in every language.
    status: str = "internal"
    #: The results of the run that this error ended; only from :meth:`Client.remove_all_devices_bulk`.
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
    """An argument was refused before anything was sent."""

    status = "invalid_argument"


class UnauthenticatedError(GraphDevicesError):
    """The service refused the token (HTTP 401)."""

    status = "unauthenticated"


class PermissionDeniedError(GraphDevicesError):
    """The app or the signed-in user may not do this."""

    status = "permission_denied"


class NotLicensedError(GraphDevicesError):
    """The tenant has no Intune licence."""

    status = "not_licensed"


class UserNotFoundError(GraphDevicesError):
    """The directory has no such user."""

    status = "user_not_found"


class JustificationRequiredError(GraphDevicesError):
    """Multi Admin Approval requires a justification."""

    status = "justification_required"


class ApprovalPendingError(GraphDevicesError):
    """Multi Admin Approval queued the request; nothing is retired until a second administrator approves."""

    status = "approval_pending"


class ThrottledError(GraphDevicesError):
    """Throttled (HTTP 429) until attempts or deadline ran out."""

    status = "throttled"


class ServiceUnavailableError(GraphDevicesError):
    """The service failed (HTTP 5xx) until attempts or deadline ran out. Its effect is possible; none after a 503 in
    Graph's own form.
    """

    status = "service_unavailable"


class RejectedError(GraphDevicesError):
    """The service refused the request for another reason (HTTP 4xx). Its effect is possible after 408, 409 and 424."""

    status = "rejected"


class ConnectError(GraphDevicesError):
    """No connection was made; nothing was sent."""

    status = "connection_failed"


class RequestTimeoutError(GraphDevicesError, TimeoutError):
    """The request was sent, but no answer came in time. Its effect is possible."""

    status = "timeout"


class LostConnectionError(GraphDevicesError):
    """The connection was lost after sending. Its effect is possible."""

    status = "interrupted"


class UnexpectedResponseError(GraphDevicesError):
    """An answer that Microsoft Graph does not give: a 2xx other than 204, a redirect, a page of a proxy or gateway. Its
    effect is possible.
    """

    status = "unexpected_response"


class StoppedError(GraphDevicesError):
    """The caller stopped the call. Its effect is that of the earlier attempts."""

    status = "cancelled"


class JournalError(GraphDevicesError, FileError):
    """The journal could not be read or written."""

    status = "journal"


class InternalError(GraphDevicesError):
    """A bug in this library. After a panic its effect is possible."""

    status = "internal"
