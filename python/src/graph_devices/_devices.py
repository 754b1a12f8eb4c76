"""Devices as Intune lists them, and what to know before they are retired."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Literal, NamedTuple, Optional, Tuple

Severity = Literal["info", "caution", "blocking"]


class DeviceWarning(NamedTuple):
    """What a person should know first. A ``"blocking"`` one keeps a user from being sent until its code is accepted."""

    code: str
    severity: Severity
    message: str


class Device(NamedTuple):
    """A device that Intune lists for a user.

    Texts are the service's, dates as it wrote them; what it left out is ``None``. ``state`` is its ``managementState``, such
    as ``"managed"`` or ``"retireIssued"``; there is no state "retired": such a device is listed no longer.

    Properties: https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice
    """

    id: str
    name: Optional[str]
    managed_name: Optional[str]
    operating_system: Optional[str]
    os_version: Optional[str]
    serial_number: Optional[str]
    model: Optional[str]
    manufacturer: Optional[str]
    owner_type: Optional[str]
    state: str
    management_agent: Optional[str]
    enrollment_type: Optional[str]
    registration_state: Optional[str]
    compliance_state: Optional[str]
    is_encrypted: Optional[bool]
    is_supervised: Optional[bool]
    enrolled: Optional[str]
    last_sync: Optional[str]
    certificate_expires: Optional[str]
    entra_device_id: Optional[str]
    entra_registered: Optional[bool]
    user_id: Optional[str]
    user_principal_name: Optional[str]
    email_address: Optional[str]
    warnings: Tuple[DeviceWarning, ...]


class DeviceList(Tuple[Device, ...]):
    """The devices of one user, a tuple. ``warnings`` are about all of them together; each device has its own besides."""

    _warnings: Tuple[DeviceWarning, ...]

    def __new__(cls, devices: Iterable[Device] = (), warnings: Iterable[DeviceWarning] = ()) -> "DeviceList":
        made = super().__new__(cls, devices)
        made._warnings = tuple(warnings)
        return made

    @property
    def warnings(self) -> Tuple[DeviceWarning, ...]:
        """What to know of all devices together."""
        return self._warnings

    def __repr__(self) -> str:
        return f"DeviceList({super().__repr__()}, warnings={self._warnings!r})"


def device_list(devices: Iterable[Dict[str, Any]], warnings: Iterable[Dict[str, Any]]) -> DeviceList:
    """The list that the native module told."""
    return DeviceList((Device(**{**one, "warnings": _warnings(one["warnings"])}) for one in devices), _warnings(warnings))


def _warnings(told: Iterable[Dict[str, Any]]) -> Tuple[DeviceWarning, ...]:
    return tuple(DeviceWarning(**one) for one in told)
