"""The exceptions: one for each status, with every field, printable and picklable."""

import pickle

import graph_devices
import pytest
from conftest import ADELE
from graph_devices import _errors, _native


def test_every_status_has_its_exception():
    assert set(_errors.BY_STATUS) == set(_native.statuses()) - {"ok"}


def test_every_exception_is_public():
    for kind in _errors.BY_STATUS.values():
        assert kind.__name__ in graph_devices.__all__
        assert issubclass(kind, graph_devices.GraphDevicesError)


@pytest.mark.parametrize(
    "kind, base",
    [
        (graph_devices.InvalidArgumentError, ValueError),
        (graph_devices.RequestTimeoutError, TimeoutError),
        (graph_devices.JournalError, OSError),
    ],
)
def test_bases_that_users_expect(kind, base):
    assert issubclass(kind, base)


@pytest.mark.parametrize("kind", _errors.BY_STATUS.values())
def test_a_pickle_keeps_every_field(kind):
    error = kind("why", http_status=400, code="c", retry_after=1.5, attempts=2, effect="possible", claims="{}")
    error.remark = "of the caller"
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert copy.__dict__ == error.__dict__
    assert str(copy) == str(error) == "why"
    assert copy.status == error.status


SERVICE = {
    "error": {
        "code": "Busy",
        "message": "Not now.",
        "innerError": {"request-id": "30000000-0000-4000-8000-000000000001", "date": "2026-01-02"},
    }
}

#: How to cause each status: options, arguments and faults.
REACHED = {
    "invalid_argument": ({}, {"user_id": "me"}, None),
    "unauthenticated": ({"credential": "expired-token"}, {}, None),
    "permission_denied": ({"credential": "no-scope-token"}, {}, None),
    "not_licensed": ({"credential": "unlicensed-token"}, {}, None),
    "user_not_found": ({}, {"user_id": "missing@contoso.com"}, None),
    "justification_required": ({"credential": "approval-token"}, {}, None),
    "approval_pending": ({"credential": "approval-token"}, {"justification": "left"}, None),
    "throttled": ({}, {}, {"status": 429, "headers": {"retry-after": "7"}, "json": SERVICE}),
    "service_unavailable": ({}, {}, {"status": 503, "json": SERVICE}),
    "rejected": ({}, {}, {"status": 418, "json": SERVICE}),
    "connection_failed": ({"endpoint": "http://127.0.0.1:1"}, {}, None),
    "timeout": ({"timeout": 0.3}, {}, {"hang": True}),
    "interrupted": ({}, {}, {"reset": "after"}),
    "unexpected_response": ({}, {}, {"status": 200}),
}


@pytest.mark.parametrize("status", REACHED)
def test_each_status_raises_its_exception(emulator, status):
    options, call, fault = REACHED[status]
    if fault:
        emulator.faults(fault)
    client = graph_devices.Client(
        **{"credential": "demo-token", "endpoint": emulator.endpoint, "max_attempts": 1, **options}
    )
    with pytest.raises(graph_devices.GraphDevicesError) as caught:
        client.remove_all_devices(**{"user_id": ADELE, **call})
    error = caught.value
    assert type(error) is _errors.BY_STATUS[status]
    assert error.status == status and error.message == str(error) != ""
    assert error.retry_after == (7.0 if status == "throttled" else None)
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


def test_only_these_statuses_cannot_be_reached_by_a_single_call():
    assert set(_errors.BY_STATUS) - set(REACHED) == {"cancelled", "journal", "internal"}
