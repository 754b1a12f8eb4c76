"""What a caller keeps of an accepted call."""

from __future__ import annotations

from typing import NamedTuple, Optional


class Receipt(NamedTuple):
    """The service accepted the action for a user (HTTP 204). Accepted is not yet retired.

    The devices retire when they next check in. ``elapsed`` is in seconds; ``date`` is the service's, as it wrote it;
    ``endpoint`` is set only where the request went to no known Microsoft cloud.
    """

    user: str
    request_id: Optional[str]
    client_request_id: Optional[str]
    date: Optional[str]
    attempts: int
    elapsed: float
    endpoint: Optional[str]
