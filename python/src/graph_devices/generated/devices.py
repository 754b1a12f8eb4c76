"""Devices as Intune lists them, and what became of them. Written by `cargo xtask generate`; do not edit."""

from __future__ import annotations

from typing import Literal, NamedTuple, Optional, Tuple

Severity = Literal["info", "caution", "blocking"]
Verdict = Literal["gone", "pending", "still_managed", "needs_person", "cannot_tell"]


class DeviceWarning(NamedTuple):
    """A warning about a device, or about all devices of a user together, to be read before the devices are retired."""

    #: Which warning it is.
    code: str
    #: Its severity. With a blocking warning nothing is sent unless it is accepted by name.
    severity: Severity
    #: What it means for the user and what to do first, in one sentence.
    message: str


class Device(NamedTuple):
    """A device that Intune lists for a user. Texts are the service's, each cut to one printable line; dates are as the
    service wrote them. A property is absent if the service left it out or wrote it in an undocumented form
    (<https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice>).
    """

    #: The id in Intune. Never empty.
    id: str
    #: The name of the device (``deviceName``).
    name: Optional[str]
    #: The name that Intune generated (``managedDeviceName``).
    managed_name: Optional[str]
    #: The operating system (``operatingSystem``).
    operating_system: Optional[str]
    #: The version of the operating system (``osVersion``).
    os_version: Optional[str]
    #: The serial number (``serialNumber``).
    serial_number: Optional[str]
    #: The model (``model``).
    model: Optional[str]
    #: The manufacturer (``manufacturer``).
    manufacturer: Optional[str]
    #: The owner: ``company`` or ``personal`` (``managedDeviceOwnerType``).
    owner_type: Optional[str]
    #: Its state (``managementState``), such as ``managed`` or ``retirePending``, as the service wrote it; empty if it
    #: wrote none.
    state: str
    #: The agent that manages it (``managementAgent``).
    management_agent: Optional[str]
    #: How it was enrolled (``deviceEnrollmentType``).
    enrollment_type: Optional[str]
    #: Its state of registration (``deviceRegistrationState``).
    registration_state: Optional[str]
    #: Whether it complies with the policies (``complianceState``).
    compliance_state: Optional[str]
    #: Whether it is encrypted (``isEncrypted``).
    is_encrypted: Optional[bool]
    #: Whether it is supervised (``isSupervised``).
    is_supervised: Optional[bool]
    #: When it was enrolled, as the service wrote it (``enrolledDateTime``).
    enrolled: Optional[str]
    #: When it last checked in, as the service wrote it (``lastSyncDateTime``).
    last_sync: Optional[str]
    #: The last time at which it can check in, as the service wrote it (``managementCertificateExpirationDate``).
    certificate_expires: Optional[str]
    #: The id of its record in Entra (``azureADDeviceId``).
    entra_device_id: Optional[str]
    #: Whether it is registered or joined in Entra (``azureADRegistered``).
    entra_registered: Optional[bool]
    #: The object id of its primary or enrolling user (``userId``)
    #: (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/16137>).
    user_id: Optional[str]
    #: The user principal name (``userPrincipalName``).
    user_principal_name: Optional[str]
    #: The mail address (``emailAddress``).
    email_address: Optional[str]
    #: Warnings about retiring this device.
    warnings: Tuple[DeviceWarning, ...]


class VerifiedDevice(NamedTuple):
    """The verdict over one device."""

    #: The id in Intune.
    id: str
    #: Its name when it was first read.
    name: Optional[str]
    #: The verdict over the device.
    verdict: Verdict
    #: ``managementState`` as the service wrote it.
    state: Optional[str]
    #: The time at which the retire began, as the service wrote it.
    since: Optional[str]
    #: More about the verdict, in words.
    detail: Optional[str]

