"""Retires every device of one user: retire.py USER, with the access token in GRAPH_TOKEN."""

import os
import sys

from graph_devices import GraphDevicesError, remove_all_devices


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: retire.py USER, with the access token in GRAPH_TOKEN", file=sys.stderr)
        return 2
    try:
        receipt = remove_all_devices(os.environ.get("GRAPH_TOKEN", ""), sys.argv[1])
    except GraphDevicesError as error:
        print(f"{error.status}: {error}", file=sys.stderr)
        if error.effect == "possible":
            print("it may have been applied: look at the user's devices", file=sys.stderr)
        return 1
    print(f"accepted for {receipt.user}")
    print(f"request id  {receipt.request_id}")
    print(f"date        {receipt.date}")
    print(f"attempts    {receipt.attempts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
