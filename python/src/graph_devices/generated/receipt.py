"""What a caller keeps of an accepted call. Written by `cargo xtask generate`; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple, Optional

    class Receipt(NamedTuple):
        """The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is
        not yet retired.
        """

        #: The user as the caller named it.
        user: str
        #: The service's id of the request; support asks for it.
        request_id: Optional[str]
        #: The id that this library sent with the request.
        client_request_id: str
        #: The date of the answer, as the service wrote it (RFC 9110).
        date: Optional[str]
        #: How many times the request was sent.
        attempts: int
        #: The time from the start of the call to its answer, without waits that do not count towards the deadline.
        elapsed: float
        #: The endpoint of the request, if it is not that of a known Microsoft cloud.
        custom_endpoint: Optional[str]

else:
    from collections import namedtuple

    class Receipt(
        namedtuple(
            "Receipt",
            [
                "user",
                "request_id",
                "client_request_id",
                "date",
                "attempts",
                "elapsed",
                "custom_endpoint",
            ],
        )
    ):
        """The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted
        is not yet retired.
        """

        __slots__ = ()
