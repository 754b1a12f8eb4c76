"""An error about a file, with the system's error number."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple, Union


class FileError(OSError):
    """An ``OSError`` with one argument, its message. ``errno``, ``strerror`` and ``filename`` are set later, or never."""

    def about(self, path: Union[str, "os.PathLike[str]"], number: Optional[int]) -> None:
        """Sets the file and the system's error number."""
        self.filename = os.fspath(path)
        if number is not None:
            # Windows has its own numbers, which the constructor of OSError translates.
            self.errno = OSError(0, "", None, number).errno if os.name == "nt" else number
            self.strerror = os.strerror(self.errno or 0)

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> Tuple[Any, ...]:
        system = {name: getattr(self, name) for name in ("errno", "strerror", "filename")}
        return type(self), self.args, {**self.__dict__, **system}

    def __setstate__(self, state: Any) -> None:
        for name, value in (state or {}).items():
            setattr(self, name, value)
