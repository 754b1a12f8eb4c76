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

#: How long a pull waits before Python looks for signals, in seconds.
LOOK = 0.1
#: A run that is short of users is given so many, but is not kept waiting for a slow iterator longer than this in seconds.
_USERS, _PATIENCE = 64, 0.05
#: How much is shown of what is no text, in characters.
_SHOWN = 100

T = TypeVar("T", UserResult, Verification)
Self = TypeVar("Self", bound="_Pulled")


class _Pulled:
    """What :class:`Run` and :class:`Results` share."""

    #: The counts, once the run is done.
    summary: Optional[Summary] = None
    _stopped = False
    #: Of one that was never begun.
    _over = True

    def __init__(self, native: _native.Run, source: TokenSource, users: Iterator[Any], journal: bool) -> None:
        self._native = native
        self._source = source
        self._users = users
        self._given = 0
        self._hungry = False
        self._over = False
        self._failure: Optional[BaseException] = None
        self._errors: Dict[str, GraphDevicesError] = {}
        self._notices: List[str] = []
        #: What was given in place of a text, and why it is none, under the text that the core had instead.
        self._no_texts: Dict[str, Tuple[str, str]] = {}
        #: The file that ended the run early, and the system's number for it.
        self._file: Optional[Tuple["os.PathLike[str]", Optional[int]]] = None
        if journal:
            _leaving.watch(native)

    def stop(self) -> None:
        """Asks the run to stop, from any thread: what is in flight is awaited and told, the users left are skipped."""
        self._stopped = True
        self._native.stop()

    def close(self) -> None:
        """Stops the run and returns once what is in flight is recorded; outcomes that were not taken are dropped."""
        if self.summary is None:
            self._leave()
            told = _leaving.drain(self._native, float("inf"))
            if told is not None:
                self.summary = summary(told)

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
        raise TypeError(f"a {type(self).__name__} cannot be copied: it is one run under way; iterate it in one place")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled: it is a run under way; resume its journal elsewhere"
        )

    def __repr__(self) -> str:
        state = "done" if self.summary else "stopped" if self._stopped else "running"
        return f"<{type(self).__name__}, {state}>"

    def _leave(self) -> None:
        """Nobody takes events any more. What is in flight is recorded still."""
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
                told = self._native.next(0.0 if self._hungry else LOOK)
                if told is None:
                    if self._hungry:
                        # Only now: who does not keep up with outcomes is not given more of them.
                        self._hungry = False
                        self._answer(self._feed)
                    continue
                kind, fields = told
                if kind == "over":
                    # Another thread has taken the last event.
                    self._over = True
                    _leaving.done(self._native)
                    return None
                if kind == "need_users":
                    self._hungry = True
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
        """Lets the caller's code answer. If it fails, the run is stopped, and fails with it once all is told."""
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
                # A lone surrogate becomes a backslash and its number, which is no user id: a failed row, not an exception.
                self._native.add_user(text.encode("utf-8", "backslashreplace").decode("utf-8"))
            except StoppedError:
                return
            if time.monotonic() > until:
                return

    def _no_text(self, user: object) -> str:
        """A text for what is none, which the core refuses whatever that looks like: a failed row, so that the others go on."""
        try:
            shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in str(user)[:_SHOWN])
        except Exception:
            shown = "?"
        why = f"user {self._given} is {type(user).__name__}, not str"
        # It holds blanks, so it is nobody's id.
        text = f"{shown} ({why})"
        self._no_texts[text] = shown, why
        return text

    def _as_given(self, event: Union[Event, Verification]) -> Union[Event, Verification]:
        """The event, whose user is what was given, and whose error says what is wrong with that."""
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
        """Why the run ended early, with all fields where a user's answer was the reason."""
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
    """A run under way: an iterator of :class:`UserResult`, :class:`Notice`, :class:`Progress` and, at the end, :class:`Summary`.

    Iterate it on one thread; the requests are sent by threads of its own, and other Python threads run meanwhile. The users
    and the credential are asked on that thread, users only as they are needed. If either raises, the run stops, tells what
    was in flight, and then raises that.

    A context manager: leaving the block stops the run and waits until what is in flight is recorded, whatever was raised, but
    for ``KeyboardInterrupt``. Ctrl-C comes at once; what is in flight then is recorded in the background, for which Python waits
    up to 5 seconds as it exits if there is a journal. A run belongs to the process that began it.
    """

    def __iter__(self) -> "Run":
        return self

    def __next__(self) -> Event:
        event = self._pull()
        if event is None or isinstance(event, Verification):
            raise StopIteration
        return event


class Results(_Pulled, Generic[T]):
    """A preview or a verification under way: an iterator of its rows. Raises at its end what ended it early.

    Otherwise as :class:`Run`. ``summary`` has the counts once it is done.
    """

    @property
    def notices(self) -> Tuple[str, ...]:
        """What it told of itself until now: that reading is not permitted, or who was left out."""
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
    """Takes all events of a run and raises what ended it early."""
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


def _is_done(row: UserResult) -> bool:
    return row.outcome in ("accepted", "confirmed") or row.reason == "done_before"
