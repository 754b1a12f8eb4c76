"""The exceptions: one for each status, with every field, printable and picklable."""

import pickle

import pytest

import graph_devices
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
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert copy.__dict__ == error.__dict__
    assert str(copy) == str(error) == "why"
    assert copy.status == error.status
