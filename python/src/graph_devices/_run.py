"""Many users: users in and events out, pulled on the caller's thread."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Any, Callable, Dict, Generic, Iterator, List, NoReturn, Optional, Tuple, Type, TypeVar, Union

from . import _leaving, _native
from ._credential import TokenSource
from ._errors import GraphDevicesError, InternalError, InvalidArgumentError, StoppedError, about_file, copy, from_fields
from ._events import MADE, Event, Notice, Report, Summary, UserResult, Verification, summary

#: The longest wait for an event before Python checks for signals, in seconds.
SIGNAL_CHECK = 0.1
#: How many users are passed to a run that needs some, and how long it waits for a slow iterator, in seconds.
_USERS, _PATIENCE = 64, 0.05
#: How much of a value that is not a text is shown, in characters.
_SHOWN = 100

T = TypeVar("T", UserResult, Verification)
Self = TypeVar("Self", bound="_Pulled")


class _Pulled:
    """What :class:`Run` and :class:`Results` share."""

    #: The counts, once the run is done.
    summary: Optional[Summary] = None
    _stopped = False
    #: Also of a run that never started.
    _over = True

    def __init__(self, native: _native.Run, source: TokenSource, users: Iterator[Any], journal: bool) -> None:
        self._native = native
        self._source = source
        self._users = users
        self._given = 0
        self._needs_users = False
        self._over = False
        self._failure: Optional[BaseException] = None
        self._errors: Dict[str, GraphDevicesError] = {}
        self._notices: List[str] = []
        #: Values that are not texts, and the reason, by the text that was passed to the core instead.
        self._no_texts: Dict[str, Tuple[str, str]] = {}
        #: The file that ended the run early, and the system's number for it.
        self._file: Optional[Tuple["os.PathLike[str]", Optional[int]]] = None
        if journal:
            _leaving.watch(native)

    def stop(self) -> None:
        """Asks the run to stop. From any thread. Requests in flight are reported; the users left are skipped."""
        self._stopped = True
        self._native.stop()

    def close(self) -> None:
        """Stops the run and waits until the requests in flight are recorded. Drops the events that were not taken."""
        if self.summary is None:
            self._leave()
            fields = _leaving.drain(self._native, float("inf"))
            if fields is not None:
                self.summary = summary(fields)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._leave()
        else:
            self.close()

    def __del__(self) -> None:
        if not self._over:
            self._leave()

    def __copy__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be copied: it is an active run; iterate it in one place")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: it is an active run; resume its journal instead")

    def __repr__(self) -> str:
        state = "done" if self.summary else "stopped" if self._stopped else "running"
        return f"<{type(self).__name__}, {state}>"

    def _leave(self) -> None:
        """Stops the run and abandons its events. Requests in flight are still recorded."""
        self._over = True
        self._users = iter(())
        self.stop()
        _leaving.left(self._native)

    def _pull(self) -> Union[Event, Verification, None]:
        """The next event, or None after the last."""
        if self._over:
            return None
        try:
            while True:
                pulled = self._native.next(0.0 if self._needs_users else SIGNAL_CHECK)
                if pulled is None:
                    if self._needs_users:
                        # Only now, so that a caller who is slow to take results does not get more of them.
                        self._needs_users = False
                        self._answer(self._feed)
                    continue
                kind, fields = pulled
                if kind == "over":
                    # Another thread has taken the last event.
                    self._over = True
                    _leaving.done(self._native)
                    return None
                if kind == "need_users":
                    self._needs_users = True
                elif kind == "need_token":
                    self._answer(lambda: self._native.set_token(self._source.token(fields["claims"])))  # noqa: B023
                elif kind in MADE:
                    if kind == "done":
                        self._file = fields["file"]
                    event = self._as_given(MADE[kind](fields))
                    self._note(event)
                    return event
        except BaseException:
            self._leave()
            raise

    def _answer(self, give: Callable[[], None]) -> None:
        """Calls the caller's code. An exception stops the run, and is raised after the last event."""
        if self._stopped:
            return
        try:
            give()
        except KeyboardInterrupt:
            raise
        except BaseException as failure:
            if not self._stopped:
                self._failure = failure
                self.stop()

    def _feed(self) -> None:
        until = time.monotonic() + _PATIENCE
        for _ in range(_USERS):
            try:
                user = next(self._users)
            except StopIteration:
                self._native.end_users()
                return
            self._given += 1
            text = user if isinstance(user, str) else self._no_text(user)
            try:
                # A lone surrogate becomes a backslash and its number: a failed result, not an exception.
                self._native.add_user(text.encode("utf-8", "backslashreplace").decode("utf-8"))
            except StoppedError:
                return
            if time.monotonic() > until:
                return

    def _no_text(self, user: object) -> str:
        """A text in place of another value. The core refuses it, so that one bad value is a failed result."""
        try:
            shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in str(user)[:_SHOWN])
        except Exception:
            shown = "?"
        why = f"user {self._given} is {type(user).__name__}, not str"
        # It contains blanks, so it is never a user id.
        text = f"{shown} ({why})"
        self._no_texts[text] = shown, why
        return text

    def _as_given(self, event: Union[Event, Verification]) -> Union[Event, Verification]:
        """The event with the user as given, and with an error about the value."""
        if not isinstance(event, UserResult) or event.user not in self._no_texts:
            return event
        shown, why = self._no_texts.pop(event.user)
        if not isinstance(event.error, InvalidArgumentError):
            return event._replace(user=shown)
        error = InvalidArgumentError(f"{why}; pass the object id or user principal name as a text")
        return event._replace(user=shown, error=error)

    def _note(self, event: Union[Event, Verification]) -> None:
        if isinstance(event, UserResult) and event.error is not None:
            self._errors[event.error.status] = event.error
        elif isinstance(event, Notice) and event.kind == "run":
            self._notices.append(event.text)
        elif isinstance(event, Summary):
            self._over = True
            self.summary = event
            _leaving.done(self._native)
            if self._failure is not None:
                raise self._failure

    def ended_by(self, summary: Summary) -> Optional[GraphDevicesError]:
        """The error that ended the run early, with all fields if a user's answer was the reason."""
        if summary.ended_by is None:
            return None
        known = self._errors.get(summary.ended_by)
        if known is not None and known.message == summary.message:
            error = copy(known)
        else:
            error = from_fields(status=summary.ended_by, message=summary.message or summary.ended_by)
        if self._file is not None:
            about_file(error, *self._file)
        return error


class Run(_Pulled):
    """An active run: iterates :class:`UserResult`, :class:`Notice`, :class:`Progress` and, at the end, :class:`Summary`.

    Iterate it on one thread. The library's own threads send the requests, and other Python threads run meanwhile. Users
    and credential are called on the iterating thread; users are taken only as they are needed. If either raises, the
    run stops, reports the requests in flight, and then raises that exception.

    A context manager: leaving the block stops the run and waits until the requests in flight are recorded, unless
    ``KeyboardInterrupt`` was raised. Ctrl-C raises at once; the requests in flight are recorded in the background. If
    there is a journal, Python waits up to 5 seconds for that when it exits. A run belongs to the process that started
    it.
    """

    def __iter__(self) -> "Run":
        return self

    def __next__(self) -> Event:
        event = self._pull()
        if event is None or isinstance(event, Verification):
            raise StopIteration
        return event


class Results(_Pulled, Generic[T]):
    """An active preview or verification: iterates its results. Raises at its end the error that ended it early.

    Otherwise like :class:`Run`. ``summary`` has the counts after the last result.
    """

    @property
    def notices(self) -> Tuple[str, ...]:
        """The notices of kind ``run`` so far, such as a missing permission to read, or users who were left out."""
        return tuple(self._notices)

    def __iter__(self) -> "Results[T]":
        return self

    def __next__(self) -> T:
        while True:
            event = self._pull()
            if event is None:
                raise StopIteration
            if isinstance(event, (UserResult, Verification)):
                return event  # type: ignore[return-value]
            if isinstance(event, Summary):
                ended_by = self.ended_by(event)
                if ended_by is not None:
                    raise ended_by


def to_the_end(run: Run) -> Report:
    """Takes all events of a run. Raises the error that ended it early."""
    unfinished = []
    with run:
        for event in run:
            if isinstance(event, UserResult) and not _is_done(event):
                unfinished.append(event)
            elif isinstance(event, Summary):
                report = Report(
                    counts=event.counts,
                    duplicates=event.duplicates,
                    ended_by=event.ended_by,
                    message=event.message,
                    custom_endpoint=event.custom_endpoint,
                    unfinished=tuple(unfinished),
                    notices=tuple(run._notices),
                )
                ended_by = run.ended_by(event)
                if ended_by is None:
                    return report
                ended_by.report = report
                raise ended_by
    raise InternalError("the run ended without a summary", effect="possible")


def _is_done(result: UserResult) -> bool:
    return result.outcome in ("accepted", "confirmed") or result.reason == "done_before"
