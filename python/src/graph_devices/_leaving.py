"""When Python exits during a run with a journal, it waits a moment until the requests in flight are recorded."""

from __future__ import annotations

import atexit
import os
import time
from typing import Any, Dict, Optional

from . import _native
from ._errors import InvalidArgumentError

#: How long the exit waits for all runs together, in seconds.
_MOMENT = 5.0

#: The runs that are not done, and whether their events are abandoned.
_open: Dict[_native.Run, bool] = {}


def watch(run: _native.Run) -> None:
    """Keeps a run alive until it is done."""
    for other, is_left in list(_open.items()):
        if is_left:
            drain(other, 0.0)
    _open[run] = False


def left(run: _native.Run) -> None:
    """Marks the events of a run as abandoned."""
    if run in _open:
        _open[run] = True


def done(run: _native.Run) -> None:
    """Forgets a run whose last event was taken."""
    _open.pop(run, None)


def drain(run: _native.Run, seconds: float) -> Optional[Dict[str, Any]]:
    """Takes and drops the events of a stopped run. Returns the last event's fields, if it comes within that time."""
    until = time.monotonic() + seconds
    while True:
        try:
            event = run.next(max(0.0, min(0.1, until - time.monotonic())))
        except InvalidArgumentError:
            # This is a forked child.
            done(run)
            return None
        if event is not None and event[0] in ("done", "over"):
            done(run)
            # If it is over, another thread has taken the last event.
            return event[1] if event[0] == "done" else None
        if event is None and time.monotonic() >= until:
            return None


def _leave() -> None:
    until = time.monotonic() + _MOMENT
    for run in list(_open):
        run.stop()
    try:
        for run in list(_open):
            drain(run, max(0.0, until - time.monotonic()))
    except KeyboardInterrupt:
        pass


atexit.register(_leave)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open.clear)
