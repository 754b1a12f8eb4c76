"""The devices of one user, and warnings about all of them."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Tuple

from .generated.devices import Device as Device, DeviceWarning as DeviceWarning, Severity as Severity


class DeviceList(Tuple[Device, ...]):
    """The devices of one user, a tuple. ``warnings`` are about the whole list; each device has its own, too."""

    _warnings: Tuple[DeviceWarning, ...]

    def __new__(cls, devices: Iterable[Device] = (), warnings: Iterable[DeviceWarning] = ()) -> "DeviceList":
        made = super().__new__(cls, devices)
        made._warnings = tuple(warnings)
        return made

    @property
    def warnings(self) -> Tuple[DeviceWarning, ...]:
        """Warnings about the whole list."""
        return self._warnings

    def __repr__(self) -> str:
        return f"DeviceList({super().__repr__()}, warnings={self._warnings!r})"


def device_list(devices: Iterable[Dict[str, Any]], warnings: Iterable[Dict[str, Any]]) -> DeviceList:
    """The list from the fields of the native module."""
    return DeviceList(
        (Device(**{**one, "warnings": _warnings(one["warnings"])}) for one in devices), _warnings(warnings)
    )


def _warnings(fields: Iterable[Dict[str, Any]]) -> Tuple[DeviceWarning, ...]:
    return tuple(DeviceWarning(**one) for one in fields)
