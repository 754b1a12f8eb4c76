"""The same call by this library and by others. Arguments: PEER ENDPOINT CA_FILE MODE. CA_FILE holds all that is trusted, and is - for http.

MODE is ``import`` (nothing else is done), ``once`` (one call, for the time of a whole process), or a number of calls on one
connection: prints the median time and the CPU time of a call in microseconds.
"""

import os
import sys
import time

USER = "10000000-0000-4000-8000-000000000001"
TARGET = f"/v1.0/users/{USER}/removeAllDevicesFromManagement"
HEADERS = {
    "Authorization": "Bearer demo-token",
    "Accept": "application/json",
    "Content-Length": "0",
    "client-request-id": "20000000-0000-4000-8000-000000000001",
}


def graph_devices(endpoint, ca_file):
    from graph_devices import Client

    if ca_file:
        os.environ["SSL_CERT_FILE"] = ca_file
    client = Client("demo-token", endpoint=endpoint)
    return lambda: client.remove_all_devices(USER)


def requests(endpoint, ca_file):
    import requests

    session = requests.Session()
    session.verify = ca_file or True

    def call():
        assert session.post(endpoint + TARGET, headers=HEADERS).status_code == 204

    return call


def httpx(endpoint, ca_file):
    import ssl

    import httpx

    client = httpx.Client(verify=ssl.create_default_context(cafile=ca_file))

    def call():
        assert client.post(endpoint + TARGET, headers=HEADERS).status_code == 204

    return call


def msgraph(endpoint, ca_file):
    import asyncio
    import ssl

    import httpx
    from kiota_abstractions.authentication import AuthenticationProvider
    from msgraph import GraphRequestAdapter, GraphServiceClient

    class Bearer(AuthenticationProvider):
        async def authenticate_request(self, request, additional_authentication_context=None):
            request.headers.try_add("Authorization", "Bearer demo-token")

    adapter = GraphRequestAdapter(Bearer(), httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca_file)))
    adapter.base_url = endpoint + "/v1.0"
    action = GraphServiceClient(request_adapter=adapter).users.by_user_id(USER).remove_all_devices_from_management
    loop = asyncio.new_event_loop()
    return lambda: loop.run_until_complete(action.post())


PEERS = {"graph_devices": graph_devices, "requests": requests, "httpx": httpx, "msgraph": msgraph}


def main():
    peer, endpoint, ca_file, mode = sys.argv[1:]
    if mode == "import":
        return __import__(peer)
    call = PEERS[peer](endpoint, None if ca_file == "-" else ca_file)
    call()
    if mode == "once":
        return None
    times = []
    cpu = time.process_time()
    for _ in range(int(mode)):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    cpu = time.process_time() - cpu
    times.sort()
    print(f"{times[len(times) // 2] * 1e6:.1f} {cpu / len(times) * 1e6:.1f}")

