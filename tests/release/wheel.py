"""The call of one user and a small run with a journal, by an installed package: wheel.py JOURNAL USER..."""

import os
import sys

from graph_devices import Client, UserResult, remove_all_devices

token, journal, users = os.environ["GRAPH_TOKEN"], sys.argv[1], sys.argv[2:]
print("ok" if remove_all_devices(token, users[0]).request_id else "no request id")
with Client(token, endpoint_from_environment=True) as client, client.run(users, journal=journal) as events:
    for event in events:
        if isinstance(event, UserResult):
            print(event.user, event.outcome)
