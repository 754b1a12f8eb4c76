"""The client against the emulator: credentials, signals, threads, forks."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from conftest import ADELE

import graph_devices
from graph_devices import Client, GraphDevicesError


def test_a_receipt(emulator):
    with Client("demo-token", endpoint=emulator.endpoint) as client:
        receipt = client.remove_all_devices("adele@contoso.com")
    assert (receipt.user, receipt.attempts, receipt.endpoint) == ("adele@contoso.com", 1, emulator.endpoint)
    assert receipt.elapsed >= 0 and receipt.request_id and receipt.client_request_id and receipt.date


def test_the_call_of_two_arguments_reads_the_environment(emulator, monkeypatch):
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", emulator.endpoint)
    assert graph_devices.remove_all_devices("demo-token", ADELE).user == ADELE
    monkeypatch.setenv("GRAPH_DEVICES_ENDPOINT", "https://graph.example")
    with pytest.raises(graph_devices.InvalidArgumentError, match="GRAPH_DEVICES_ENDPOINT"):
        graph_devices.remove_all_devices("demo-token", ADELE)
    assert len(emulator.log()) == 1


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


def test_a_closed_client_says_so(emulator):
    client = Client("demo-token", endpoint=emulator.endpoint)
    client.close()
    with pytest.raises(graph_devices.InvalidArgumentError, match="closed"):
        client.remove_all_devices(ADELE)


def test_a_function_is_asked_with_claims_once(emulator):
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


def test_an_exception_of_the_credential_reaches_the_caller(emulator):
    def credential():
        raise LookupError("no account")

    with pytest.raises(LookupError):
        Client(credential, endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert emulator.log() == []


def test_a_claims_challenge_is_told_to_who_passed_a_text(emulator):
    with pytest.raises(graph_devices.UnauthenticatedError) as caught:
        Client("revoked-token", endpoint=emulator.endpoint).remove_all_devices(ADELE)
    assert caught.value.claims.startswith("{")


def test_other_threads_run_while_a_call_waits(emulator):
    emulator.faults({"hang": True})
    result = []

    def call():
        try:
            Client("demo-token", endpoint=emulator.endpoint, timeout=3, max_attempts=1).remove_all_devices(ADELE)
        except GraphDevicesError as error:
            result.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    emulator.wait_for_request()
    steps = 0
    while thread.is_alive():
        steps += 1
    assert steps > 1000
    assert isinstance(result[0], TimeoutError) and result[0].effect == "possible"


def test_ctrl_c_ends_a_call_at_once(emulator):
    emulator.faults({"hang": True})
    script = (
        "import sys\n"
        "from graph_devices import Client\n"
        "try:\n"
        "    Client('demo-token', endpoint=sys.argv[1], timeout=600, deadline=600).remove_all_devices(sys.argv[2])\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, emulator.endpoint, ADELE], stdout=subprocess.PIPE, text=True
    ) as process:
        emulator.wait_for_request()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert output == "interrupted\n" and process.returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_client_is_made_anew_in_a_forked_child(emulator):
    script = (
        "import os, sys\n"
        "from graph_devices import Client\n"
        "client = Client('demo-token', endpoint=sys.argv[1])\n"
        "client.remove_all_devices(sys.argv[2])\n"
        "for use in (True, False):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        if use:\n"
        "            client.remove_all_devices(sys.argv[2])\n"
        "        client.close()\n"
        "        sys.exit(7)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "client.remove_all_devices(sys.argv[2])\n"
    )
    subprocess.run([sys.executable, "-c", script, emulator.endpoint, ADELE], check=True, timeout=60)
    assert len(emulator.log()) == 3


def test_nothing_prints_a_token(emulator):
    client = Client("expired-token", endpoint=emulator.endpoint)
    with pytest.raises(graph_devices.UnauthenticatedError) as caught:
        client.remove_all_devices(ADELE)
    shown = [repr(client), repr(client.__dict__["_source"]), repr(caught.value), str(caught.value.__dict__)]
    assert not any("expired-token" in text for text in shown)


def test_a_ca_bundle_that_is_not_there():
    with pytest.raises(graph_devices.InvalidArgumentError, match="cannot be read"):
        Client("demo-token", ca_bundle="/nowhere/ca.pem")
