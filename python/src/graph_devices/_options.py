"""What a caller chooses for many users, made ready for the native module, which checks it."""

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
    """Users one by one; of an open text file its lines, without line ends and empty ones."""
    if is_one(users):
        raise InvalidArgumentError(f"users are a list or another iterable of texts, not one {type(users).__name__}")
    return items(users)


def run_options(*, input_list: Optional[Input] = None, **others: Any) -> _native.RunOptions:
    """Options for the native module: the digest of the list is computed, and this machine is named."""
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
        raise InvalidArgumentError(f"the input list cannot be read: {error}") from error
    return os.path.basename(file_name), digest.hexdigest()


def _machine_name() -> Optional[str]:
    import socket

    try:
        return socket.gethostname() or None
    except OSError:
        return None
