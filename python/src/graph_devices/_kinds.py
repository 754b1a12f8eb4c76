"""Checks the types of arguments, and names a wrong one. The core checks the values."""

from __future__ import annotations

import operator
import os

from ._errors import InvalidArgumentError
from .generated.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Tuple


def wrong(name: str, value: object, wanted: str) -> InvalidArgumentError:
    """The error for an argument of a wrong type."""
    return InvalidArgumentError(f"{name} is {type(value).__name__}, not {wanted}")


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise wrong(name, value, "str")
    return _whole_characters(name, value, str.encode)


def _whole_characters(name: str, value: str, encode: Callable[[str], bytes]) -> str:
    try:
        encode(value)
        return value
    except UnicodeEncodeError:
        pass
    # Raised outside of the handler: UnicodeEncodeError has the whole text, which may be a secret.
    raise InvalidArgumentError(f"{name} is not valid Unicode (it contains a lone surrogate)")


def flag(name: str, value: object) -> bool:
    # The booleans of NumPy have these names, but are not bool.
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise wrong(name, value, "bool")
    return bool(value)


def path(name: str, value: Any) -> str:
    try:
        found = os.fspath(value)
    except TypeError:
        found = None
    if not isinstance(found, str):
        raise wrong(name, value, "a path (str or os.PathLike)")
    # A file name may contain bytes that are not UTF-8; Python has them as lone surrogates.
    return _whole_characters(name, found, os.fsencode)


def whole(name: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise wrong(name, value, "a whole number")
    if not -(1 << 63) <= number < 1 << 63:
        raise InvalidArgumentError(f"{name} is out of range; pass a smaller number")
    return number


def seconds(name: str, value: Any) -> float:
    try:
        number = None if isinstance(value, (bool, str, bytes, bytearray)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None:
        raise wrong(name, value, "a number of seconds")
    return number


def quota(name: str, value: Any) -> Tuple[int, float]:
    requests, window = _two(name, value, "two numbers (requests, seconds)")
    return whole(f"{name}[0]", requests), seconds(f"{name}[1]", window)


def waits(name: str, value: Any) -> Tuple[float, float]:
    first, longest = _two(name, value, "two numbers of seconds (first, longest)")
    return seconds(f"{name}[0]", first), seconds(f"{name}[1]", longest)


def _two(name: str, value: Any, wanted: str) -> Any:
    if not isinstance(value, (tuple, list)):
        raise wrong(name, value, wanted)
    if len(value) != 2:
        raise InvalidArgumentError(f"{name} has {len(value)} items; pass {wanted}")
    return value


def pair(name: str, value: Any) -> Tuple[str, str]:
    first, second = _two(name, value, "two texts")
    return text(f"{name}[0]", first), text(f"{name}[1]", second)


def items(given: Any) -> Iterator[Any]:
    """The items of an iterable. An open text file yields its lines without line ends; empty lines are left out."""
    if hasattr(given, "readline"):
        lines = (line.rstrip("\r\n") if isinstance(line, str) else line for line in given)
        return (line for line in lines if line != "")
    return iter(given)


def is_one(given: object) -> bool:
    """Whether a value is a single value instead of an iterable of values."""
    return isinstance(given, (str, bytes, bytearray, memoryview)) or not hasattr(given, "__iter__")


def texts(name: str, given: Any) -> List[str]:
    if is_one(given):
        raise InvalidArgumentError(f"{name} must be a list of texts, not one {type(given).__name__}")
    return [text(f"{name}: entry {number}", value) for number, value in enumerate(items(given), 1)]


_CHECKS: Dict[str, Callable[[str, Any], Any]] = {
    "text": text,
    "texts": texts,
    "flag": flag,
    "whole": whole,
    "number": seconds,
    "path": path,
    "two_numbers": waits,
    "whole_and_number": quota,
    "two_texts": pair,
}


def checked(given: Dict[str, Any]) -> Dict[str, Any]:
    """The given arguments for the native module. None counts as not given: the core has the default."""
    return {name: _CHECKS[KINDS[name]](name, value) for name, value in given.items() if value is not None}
