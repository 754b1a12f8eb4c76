"""The client against the emulator: arguments, receipts, credentials, secrets."""

import copy
import gc
import pickle
import weakref

import graph_devices
import pytest
from conftest import ADELE
from graph_devices import Client


def test_a_receipt(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        receipt = client.remove_all_devices("adele@contoso.com")
    assert (receipt.user, receipt.attempts, receipt.custom_endpoint) == ("adele@contoso.com", 1, emulator.endpoint)
    assert receipt.elapsed >= 0 and receipt.request_id and receipt.client_request_id and receipt.date


def test_the_call_of_two_arguments_reads_the_environment(emulator, monkeypatch):
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", emulator.endpoint)
    assert graph_devices.remove_all_devices("demo-token", ADELE).user == ADELE
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", "https://graph.example")
    with pytest.raises(graph_devices.InvalidArgumentError, match="GRAPH_DEVICES_ENDPOINT"):
        graph_devices.remove_all_devices("demo-token", ADELE)
    assert len(emulator.log()) == 1


def test_a_client_reads_the_environment_if_the_option_is_set(emulator, monkeypatch):
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", emulator.endpoint)
    client = Client("demo-token", endpoint_from_environment=True)
    assert client.remove_all_devices(ADELE).custom_endpoint == emulator.endpoint and emulator.endpoint in repr(client)
    assert emulator.endpoint not in repr(Client("demo-token"))
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", "https://graph.example")
    with pytest.raises(graph_devices.InvalidArgumentError, match="GRAPH_DEVICES_ENDPOINT"):
        Client("demo-token", endpoint_from_environment=True)


@pytest.mark.parametrize("user", ["me", "", "a b@contoso.com", "UserPrincipalName"])
def test_a_bad_user_is_an_error_and_sends_nothing(emulator, user):
    with pytest.raises(ValueError):
        Client("demo-token", endpoint=emulator.endpoint).remove_all_devices(user)
    assert emulator.log() == []


@pytest.mark.parametrize("arguments", [{"user_id": None}, {"user_id": b"adele@contoso.com"}])
def test_a_wrong_type_is_an_error(emulator, arguments):
    with pytest.raises(graph_devices.InvalidArgumentError):
        Client("demo-token", endpoint=emulator.endpoint).remove_all_devices(**arguments)


def test_cloud_and_endpoint_exclude_each_other(emulator):
    with pytest.raises(graph_devices.InvalidArgumentError, match="exclude"):
        Client("demo-token", cloud="global", endpoint=emulator.endpoint)


def test_a_closed_client_makes_no_call(emulator):
    client = Client("demo-token", endpoint=emulator.endpoint)
    client.close()
    with pytest.raises(graph_devices.InvalidArgumentError, match="closed"):
        client.remove_all_devices(ADELE)


def test_a_function_is_called_with_claims_once(emulator):
    asked = []

    def credential(claims=None):
        asked.append(claims)
        return "demo-token" if claims else "revoked-token"

    Client(credential, endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert asked[0] is None and asked[1].startswith("{") and len(asked) == 2


def test_a_credential_of_azure_identity(emulator):
    scopes = []

    class Token:
        token = "demo-token"

    class Credential:
        def get_token(self, *wanted, claims=None):
            scopes.extend(wanted)
            return Token

    Client(Credential(), endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert scopes == ["https://graph.microsoft.com/.default"]


def test_a_credential_of_azure_identity_is_called_with_claims_once(emulator):
    asked = []

    class Credential:
        def get_token(self, *wanted, **options):
            asked.append(options)
            return type("Token", (), {"token": "demo-token" if "claims" in options else "revoked-token"})

    Client(Credential(), endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert asked[0] == {} and asked[1]["claims"].startswith("{") and len(asked) == 2


def test_a_function_without_arguments_is_called_again(emulator):
    tokens = iter(["revoked-token", "demo-token"])
    Client(lambda: next(tokens), endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert next(tokens, None) is None


async def asynchronous():
    return "demo-token"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("credential", [None, 7, lambda: None, lambda: b"demo-token", lambda: "", asynchronous])
def test_a_value_that_is_not_a_credential_is_refused(emulator, credential):
    with pytest.raises(graph_devices.InvalidArgumentError):
        Client(credential, endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert emulator.log() == []


class Asynchronous:
    """A credential like those of azure.identity.aio."""

    async def get_token(self, *scopes, **options):
        return type("Token", (), {"token": "demo-token"})

    async def __aenter__(self):
        return self


class Renewed:
    def get_token(self, *scopes, claims=None):
        return type("Token", (), {"token": "revoked-token"}) if claims is None else Asynchronous().get_token()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("credential", [Asynchronous(), asynchronous, Renewed(), Asynchronous().get_token])
@pytest.mark.parametrize("call", ["remove_all_devices", "managed_devices", "run"])
def test_an_asynchronous_credential_is_refused_with_advice(emulator, credential, call):
    client = Client(credential, endpoint=emulator.endpoint)
    with pytest.raises(
        graph_devices.InvalidArgumentError, match=r"use azure\.identity instead of azure\.identity\.aio"
    ):
        list(getattr(client, call)([ADELE] if call == "run" else ADELE))
    gc.collect()
    assert not any(action["acted"] for action in emulator.actions())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("credential", [Asynchronous(), asynchronous, Asynchronous().get_token])
def test_an_asynchronous_credential_is_refused_by_a_verification(emulator, journal, credential):
    with pytest.raises(
        graph_devices.InvalidArgumentError, match=r"use azure\.identity instead of azure\.identity\.aio"
    ):
        list(Client(credential, endpoint=emulator.endpoint).verify(journal))
    gc.collect()


#: Values of the wrong type.
WRONG = {
    "cloud": [7, ["global"]],
    "endpoint": [b"https://graph.example", 7],
    "timeout": ["60", [1], True],
    "connect_timeout": [{}],
    "deadline": ["5"],
    "max_attempts": ["5", 1.5, True, 1 << 64],
    "backoff": [1, [1], (1, 2, 3), ["1", 2], "12"],
    "proxy": [7],
    "ca_certificates": [7, ["-----BEGIN"]],
    "user_agent_suffix": [7],
}


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_type_is_refused_with_the_name_of_the_argument(name, value):
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        Client("demo-token", **{name: value})


@pytest.mark.parametrize("name", ["justification", "approval_code", "client_request_id", "deadline"])
def test_a_wrong_type_in_a_call_is_refused_with_the_name_of_the_argument(emulator, name):
    client = Client("demo-token", endpoint=emulator.endpoint)
    with pytest.raises(graph_devices.InvalidArgumentError, match=rf"^{name}\b"):
        client.remove_all_devices(ADELE, **{name: ["7"]})
    with pytest.raises(graph_devices.InvalidArgumentError, match="^deadline"):
        client.managed_devices(ADELE, deadline="5")
    with pytest.raises(graph_devices.InvalidArgumentError, match="^journal"):
        client.verify(7)
    assert emulator.log() == []


def test_backoff_may_be_a_list(emulator):
    assert Client("demo-token", endpoint=emulator.endpoint, backoff=[0.1, 1]).remove_all_devices(ADELE).attempts == 1


def test_a_client_cannot_be_pickled_and_its_copy_shares_its_connections(emulator):
    client = Client("demo-token", endpoint=emulator.endpoint)
    assert copy.copy(client).remove_all_devices(ADELE).user == ADELE
    for attempt in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="create another one") as caught:
            attempt(client)
        assert "demo-token" not in str(caught.value)
    assert weakref.ref(client)() is client


def test_a_credential_that_fails_to_renew_ends_the_call(emulator):
    def credential(claims=None):
        if claims:
            raise LookupError("signed out")
        return "revoked-token"

    with pytest.raises(LookupError):
        Client(credential, endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert len(emulator.log()) == 1


def test_an_exception_of_the_credential_reaches_the_caller(emulator):
    def credential():
        raise LookupError("no account")

    with pytest.raises(LookupError):
        Client(credential, endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert emulator.log() == []


def test_a_claims_challenge_is_in_the_error_if_the_token_is_a_text(emulator):
    with pytest.raises(graph_devices.UnauthenticatedError) as caught:
        Client("revoked-token", endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert caught.value.claims.startswith("{")


def test_nothing_prints_a_token(emulator):
    client = Client("expired-token", endpoint=emulator.endpoint)
    with pytest.raises(graph_devices.UnauthenticatedError) as caught:
        client.remove_all_devices(ADELE)
    shown = [repr(client), repr(client.__dict__["_source"]), repr(caught.value), str(caught.value.__dict__)]
    assert not any("expired-token" in text for text in shown)


@pytest.mark.parametrize("call", [lambda token: Client(token).remove_all_devices(ADELE),
                                  lambda token: graph_devices.remove_all_devices(token, ADELE)])  # fmt: skip
def test_a_lone_surrogate_is_refused_without_showing_the_text(call):
    with pytest.raises(graph_devices.InvalidArgumentError, match="Unicode") as caught:
        call("demo-token\udc80")
    assert "demo-token" not in repr(caught.value)
    assert caught.value.__context__ is None and caught.value.__cause__ is None


@pytest.mark.parametrize("path", ["/nowhere/ca.pem", "a\0b"])
def test_a_missing_certificate_file_is_refused(path):
    with pytest.raises(graph_devices.InvalidArgumentError, match="cannot be read"):
        Client("demo-token", ca_certificates=path)
