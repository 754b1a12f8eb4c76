"""Performs one call of the scenario table through the public API and prints every field; knows no expectation.

The protocol stands in tests/scenarios/README.md.
"""

import json
import sys
from pathlib import Path

from graph_devices import Client, GraphDevicesError, Receipt, remove_all_devices

ERROR_FIELDS = (
    "http_status", "code", "inner_code", "service_message", "request_id", "client_request_id", "activity_id",
    "approval_code", "claims", "attempts", "effect",
)  # fmt: skip


class Unsupported(Exception):
    pass


def text(value):
    if not value.startswith("hex:"):
        return value
    try:
        return bytes.fromhex(value[4:]).decode("utf-8")
    except UnicodeDecodeError:
        raise Unsupported("not utf-8") from None


def receipt_fields(receipt: Receipt):
    fields = receipt._asdict()
    fields["elapsed_ms"] = round(fields.pop("elapsed") * 1000)
    return fields


def error_fields(error: GraphDevicesError):
    fields = {name: getattr(error, name) for name in ERROR_FIELDS}
    fields["status"] = error.status
    fields["status_number"] = number(error.status)
    fields["message"] = error.message
    fields["retry_after_ms"] = None if error.retry_after is None else round(error.retry_after * 1000)
    return fields


def number(status):
    from graph_devices._native import statuses

    return statuses().index(status)


def two_argument(given):
    try:
        remove_all_devices(given.get("token"), given.get("user"))
    except GraphDevicesError as error:
        return {"status": error.status, "status_number": number(error.status), "message": error.message}
    return {"status": "ok", "status_number": 0, "message": "accepted"}


def client(given):
    def seconds(name):
        return int(given[name]) / 1000 if name in given else None

    options = {name: given.get(name) for name in ("cloud", "endpoint", "proxy", "user_agent_suffix")}
    if "max_attempts" in given:
        options["max_attempts"] = int(given["max_attempts"])
    if "backoff_base_ms" in given:
        options["backoff"] = (seconds("backoff_base_ms"), seconds("backoff_cap_ms"))
    if "ca_pem_file" in given:
        options["ca_bundle"] = Path(given["ca_pem_file"])
    if "ca_pem" in given:
        options["ca_bundle"] = given["ca_pem"].encode()
    call = {name: given.get(name) for name in ("justification", "approval_code", "client_request_id")}
    try:
        with Client(
            given.get("token"),
            timeout=seconds("timeout_ms"),
            connect_timeout=seconds("connect_timeout_ms"),
            deadline=seconds("deadline_ms"),
            **options,
        ) as made:
            receipt = made.remove_all_devices(given.get("user"), **call)
    except GraphDevicesError as error:
        return {"receipt": None, "error": error_fields(error)}
    return {"receipt": receipt_fields(receipt), "error": None}


def main():
    call, *arguments = sys.argv[1:]
    if call == "run":
        return {"unsupported": "run"}
    try:
        given = {name: text(value) for name, value in (argument.split("=", 1) for argument in arguments)}
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    return {"two_argument": two_argument, "client": client}[call](given)


if __name__ == "__main__":
    print(json.dumps(main()))
