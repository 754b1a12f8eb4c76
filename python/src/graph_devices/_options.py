"""What a caller chooses for many users, made ready for the native module, which checks it."""

from __future__ import annotations

import io
import os
from typing import Any, Iterable, Iterator, List, Optional, Tuple, Union

from . import _native
from ._errors import InvalidArgumentError

Path = Union[str, "os.PathLike[str]"]
Input = Union[Path, Tuple[str, str]]
Quota = Union[Tuple[int, float], List[float]]


def users_of(users: Iterable[str]) -> Iterator[str]:
    """Users one by one; of an open text file its lines, without line ends and empty ones."""
    if isinstance(users, io.TextIOBase):
        lines = (line.rstrip("\r\n") for line in users)
        return (line for line in lines if line)
    if isinstance(users, (str, bytes)) or not hasattr(users, "__iter__"):
        raise InvalidArgumentError(f"users are a list or another iterable of texts, not one {type(users).__name__}")
    return iter(users)


def run_options(
    *,
    reason: Optional[str] = None,
    exclude: Optional[Iterable[str]] = None,
    accept: Optional[Iterable[str]] = None,
    input: Optional[Input] = None,
    host: Optional[str] = None,
    **others: Any,
) -> _native.RunOptions:
    """Options under the names of the public methods; what is None has the default of the core."""
    others.update(
        justification=reason,
        exclude=None if exclude is None else _texts("exclude", exclude),
        accept=None if accept is None else _texts("accept", accept),
        input=None if input is None else _fingerprint(input),
        host=_host_name() if host is None else host,
    )
    return _native.RunOptions(**{name: value for name, value in others.items() if value is not None})


def _texts(name: str, given: Iterable[str]) -> List[str]:
    if isinstance(given, (str, bytes)):
        raise InvalidArgumentError(f"{name} is a list of texts, not one {type(given).__name__}")
    return list(given)


def _fingerprint(given: Input) -> Tuple[str, str]:
    """Name and SHA-256 of a file."""
    if isinstance(given, tuple):
        return given
    import hashlib

    digest = hashlib.sha256()
    try:
        with open(given, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"the input cannot be read: {error}") from error
    return os.path.basename(os.fspath(given)), digest.hexdigest()


def _host_name() -> Optional[str]:
    import socket

    try:
        return socket.gethostname() or None
    except OSError:
        return None
