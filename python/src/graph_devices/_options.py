"""Users and options of a run, converted for the native module, which checks them."""

from __future__ import annotations

import os
from typing import Any, Iterable, Iterator, List, Optional, Tuple, Union

from . import _native
from ._errors import InvalidArgumentError
from ._kinds import checked, is_one, items, pair, path

Path = Union[str, "os.PathLike[str]"]
Input = Union[Path, Tuple[str, str], List[str]]
Quota = Union[Tuple[int, float], List[float]]


def users_of(users: Iterable[str]) -> Iterator[Any]:
    """The users one by one. An open text file yields its lines without line ends; empty lines are left out."""
    if is_one(users):
        raise InvalidArgumentError(f"users must be a list or another iterable of texts, not one {type(users).__name__}")
    return items(users)


def run_options(*, input_list: Optional[Input] = None, **others: Any) -> _native.RunOptions:
    """Options for the native module, with the digest of the input list and the name of this machine."""
    given = checked(others)
    if input_list is not None:
        given["input_list"] = _fingerprint(input_list)
    if "machine" not in given:
        given["machine"] = _machine_name()
    return _native.RunOptions(**given)


def _fingerprint(given: Input) -> Tuple[str, str]:
    """Name and SHA-256 of a file."""
    if isinstance(given, (tuple, list)):
        return pair("input_list", given)
    import hashlib

    file_name = path("input_list", given)

    digest = hashlib.sha256()
    try:
        with open(file_name, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"input_list cannot be read: {error}") from error
    return os.path.basename(file_name), digest.hexdigest()


def _machine_name() -> Optional[str]:
    import socket

    try:
        return socket.gethostname() or None
    except OSError:
        return None
