"""Reading the devices of a user."""

import pickle

import graph_devices
import pytest
from conftest import ADELE
from graph_devices import Client, Device, DeviceList, DeviceWarning


def devices(emulator, user="adele@contoso.com", token="demo-token", **options):
    with Client(token, endpoint=emulator.endpoint, **options) as client:
        return client.managed_devices(user)


def test_devices_and_their_warnings(emulator):
    found = devices(emulator)
    assert isinstance(found, DeviceList) and isinstance(found, tuple) and found.warnings == ()
    laptop, phone = found
    assert isinstance(laptop, Device) and (laptop.operating_system, laptop.state) == ("Windows", "managed")
    assert laptop.is_encrypted is True and laptop.user_id == ADELE and phone.warnings == ()
    (warning,) = laptop.warnings
    assert isinstance(warning, DeviceWarning) and warning.code == "entra_joined_windows"
    assert warning.severity == "blocking" and "BitLocker" in warning.message
    with pytest.raises(AttributeError):
        laptop.state = "gone"
    with pytest.raises(AttributeError):
        found.warnings = ()
    copy = pickle.loads(pickle.dumps(found))
    assert copy == found and copy.warnings == found.warnings and type(copy) is DeviceList


def test_every_field_has_a_value(emulator):
    for name, value in devices(emulator)[0]._asdict().items():
        assert value is not None and value != "", name


def test_a_user_without_devices_has_an_empty_list(emulator):
    assert devices(emulator, "lee@contoso.com") == () and not devices(emulator, "lee@contoso.com")


def test_warnings_about_the_user(emulator):
    emulator.ask("PATCH", "devices/d0000000-0000-4000-8000-000000000001", {"userId": ADELE.replace("1", "9")})
    found = devices(emulator)
    assert [warning.code for warning in found.warnings] == ["several_users"]
    assert "several_users" in repr(found)
    copy = pickle.loads(pickle.dumps(found))
    assert copy.warnings == found.warnings


def test_every_page_is_read(emulator):
    emulator.generate(1, page_size=2)
    for number in range(4):
        emulator.ask("POST", "users/user-000001@contoso.com/devices", {"deviceName": f"phone {number}"})
    assert len({device.id for device in devices(emulator, "user-000001@contoso.com")}) == 5
    assert len(emulator.log()) == 3


def test_a_page_that_fails_raises_instead_of_a_shorter_list(emulator):
    emulator.ask("POST", "reset", {"page_size": 1})
    emulator.faults({}, {"status": 500, "times": 9})
    with pytest.raises(graph_devices.ServiceUnavailableError):
        devices(emulator, max_attempts=2, backoff=(0, 0.01))


@pytest.mark.parametrize(
    "user, token, error",
    [
        ("me", "demo-token", graph_devices.InvalidArgumentError),
        (None, "demo-token", graph_devices.InvalidArgumentError),
        ("missing@contoso.com", "demo-token", graph_devices.UserNotFoundError),
        (ADELE, "no-read-token", graph_devices.PermissionDeniedError),
        (ADELE, "expired-token", graph_devices.UnauthenticatedError),
        (ADELE, "revoked-token", graph_devices.UnauthenticatedError),
        (ADELE, "", graph_devices.InvalidArgumentError),
    ],
)
def test_errors(emulator, user, token, error):
    with pytest.raises(error):
        devices(emulator, user, token)


def test_the_deadline_limits_the_call(emulator):
    emulator.faults({"status": 503, "headers": {"Retry-After": "30"}, "times": 9})
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        with pytest.raises(graph_devices.ServiceUnavailableError) as caught:
            client.managed_devices(ADELE, deadline=2)
        with pytest.raises(graph_devices.InvalidArgumentError):
            client.managed_devices(ADELE, deadline=-1)
    assert caught.value.retry_after == 30


def test_a_function_is_called_with_claims_once(emulator):
    asked = []

    def credential(claims=None):
        asked.append(claims)
        return "demo-token" if claims else "revoked-token"

    assert len(devices(emulator, token=credential)) == 2
    assert asked[0] is None and asked[1].startswith("{") and len(asked) == 2


def test_an_exception_of_the_credential_is_raised(emulator):
    def credential(claims=None):
        if claims:
            raise LookupError("signed out")
        return "revoked-token"

    with pytest.raises(LookupError):
        devices(emulator, token=credential)
