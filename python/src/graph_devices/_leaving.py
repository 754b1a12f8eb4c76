"""When Python ends during a run that keeps a journal, what is in flight gets a moment to be recorded."""

from __future__ import annotations

import atexit
import os
import time
from typing import Any, Dict, Optional

from . import _native
from ._errors import InvalidArgumentError

#: How long leaving waits for all runs together, in seconds.
_MOMENT = 5.0

#: The runs that are not done, and whether nobody takes their events any more.
_open: Dict[_native.Run, bool] = {}


def watch(run: _native.Run) -> None:
    """Keeps a run until it is done, whoever drops it."""
    for other, is_left in list(_open.items()):
        if is_left:
            drain(other, 0.0)
    _open[run] = False


def left(run: _native.Run) -> None:
    """Nobody takes the events of this run any more."""
    if run in _open:
        _open[run] = True


def done(run: _native.Run) -> None:
    """The last event of this run was taken."""
    _open.pop(run, None)


def drain(run: _native.Run, seconds: float) -> Optional[Dict[str, Any]]:
    """Takes the events of a stopped run and drops all but the last, if that comes within that time."""
    until = time.monotonic() + seconds
    while True:
        try:
            told = run.next(max(0.0, min(0.1, until - time.monotonic())))
        except InvalidArgumentError:
            # This is a forked child.
            done(run)
            return None
        if told is not None and told[0] in ("done", "over"):
            done(run)
            # If it is over, another thread has taken the last event.
            return told[1] if told[0] == "done" else None
        if told is None and time.monotonic() >= until:
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
