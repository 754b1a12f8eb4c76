"""Errors of core as exceptions."""

from __future__ import annotations

from ._file_error import FileError
from .generated.errors import *  # noqa: F403
from .generated.errors import GraphDevicesError, InternalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Dict, Optional, Type, Union

BY_STATUS: Dict[str, Type[GraphDevicesError]] = {kind.status: kind for kind in GraphDevicesError.__subclasses__()}


def from_fields(*, status: str, **fields: Any) -> GraphDevicesError:
    """The exception with these fields."""
    return BY_STATUS.get(status, InternalError)(**fields)


def about_file(error: GraphDevicesError, path: Union[str, "os.PathLike[str]"], number: Optional[int]) -> None:
    """Adds the file and the system's error number to an error."""
    if isinstance(error, FileError):
        error.about(path, number)


def copy(error: GraphDevicesError) -> GraphDevicesError:
    """A copy of an exception."""
    fields = GraphDevicesError.__init__.__kwdefaults__ or ()
    return type(error)(error.message, **{name: getattr(error, name) for name in fields})
