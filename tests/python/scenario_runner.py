"""Performs one call of the scenario table through the public API and prints every field; it has no expectations.

tests/scenarios/README.md describes the protocol.
"""

import json
import sys
from inspect import signature
from pathlib import Path
from typing import Optional

from graph_devices import Client, DeviceList, GraphDevicesError, Receipt, Summary, UserResult, remove_all_devices

ERROR_FIELDS = tuple(GraphDevicesError.__init__.__kwdefaults__)


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
    fields.pop("retry_after")
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


def connected(given):
    def seconds(name):
        return int(given[name]) / 1000 if name in given else None

    options = {name: given.get(name) for name in ("cloud", "endpoint", "proxy", "user_agent_suffix")}
    if "max_attempts" in given:
        options["max_attempts"] = int(given["max_attempts"])
    if "backoff_base_ms" in given:
        options["backoff"] = (seconds("backoff_base_ms"), seconds("backoff_cap_ms"))
    if "ca_certificates_file" in given:
        options["ca_certificates"] = Path(given["ca_certificates_file"])
    if "ca_certificates" in given:
        options["ca_certificates"] = given["ca_certificates"].encode()
    return Client(
        given.get("token"),
        timeout=seconds("timeout_ms"),
        connect_timeout=seconds("connect_timeout_ms"),
        deadline=seconds("deadline_ms"),
        **options,
    )


def client(given):
    call = {name: given.get(name) for name in ("justification", "approval_code", "client_request_id")}
    try:
        with connected(given) as made:
            receipt = made.remove_all_devices(given.get("user"), **call)
    except GraphDevicesError as error:
        return {"receipt": None, "error": error_fields(error)}
    return {"receipt": receipt_fields(receipt), "error": None}


def devices(given):
    try:
        with connected(given) as made:
            found = made.managed_devices(given.get("user"))
    except GraphDevicesError as error:
        return {"devices": None, "warnings": None, "error": error_fields(error)}
    return {**list_fields(found), "error": None}


def list_fields(found: Optional[DeviceList]):
    if found is None:
        return {"devices": None, "warnings": None}
    devices = [{**one._asdict(), "warnings": [warning._asdict() for warning in one.warnings]} for one in found]
    return {"devices": devices, "warnings": [warning._asdict() for warning in found.warnings]}


def run(given):
    preview = given.get("preview") == "1"
    options = run_options(given, Client.preview if preview else Client.run)
    try:
        with connected(given) as made:
            if preview:
                results, summary = gathered(made.preview(given.get("user", []), **options))
            else:
                *events, summary = made.run(given.get("user", []), **options)
                results = [event for event in events if isinstance(event, UserResult)]
    except GraphDevicesError as error:
        return {"receipt": None, "error": error_fields(error)}
    return {"rows": [result_fields(result) for result in results], **summary_fields(summary)}


#: The conversion of an argument, by the type of the parameter.
READ = {
    "Optional[bool]": lambda value: value == "1",
    "Optional[int]": int,
    "Optional[float]": float,
    "Optional[Quota]": lambda value: [float(part) if at else int(part) for at, part in enumerate(value.split("/"))],
    "Optional[Input]": lambda value: tuple(value.split(":")),
}


def run_options(given, method):
    """Every option of the method, by its name in the table."""
    options = {}
    for name, parameter in signature(method).parameters.items():
        value = given.get(name)
        if value is not None and name != "users":
            options[name] = READ.get(parameter.annotation, lambda text: text)(value)
    return options


def gathered(results):
    """The results and the summary, which has the reason of an early end."""
    found = []
    try:
        found.extend(results)
    except GraphDevicesError:
        if results.summary is None:
            raise
    return found, results.summary


def result_fields(result: UserResult):
    fields = result._asdict()
    # The table has the outcome, the error and the receipt, from which these three follow.
    for derived in ("status", "effect", "message"):
        del fields[derived]
    fields["receipt"] = result.receipt and receipt_fields(result.receipt)
    fields["error"] = result.error and error_fields(result.error)
    return {**fields, **list_fields(result.devices)}


def summary_fields(summary: Summary):
    fields = {name: getattr(summary, name) for name in ("duplicates", "ended_by", "message", "custom_endpoint")}
    return {**fields, "counts": summary.counts._asdict()}


def verify(given):
    try:
        with connected(given) as made:
            verified, summary = gathered(made.verify(given["journal"]))
    except GraphDevicesError as error:
        return {"receipt": None, "error": error_fields(error)}
    fields = summary_fields(summary)
    return {
        "verified": [{**one._asdict(), "devices": [device._asdict() for device in one.devices]} for one in verified],
        "verdicts": summary.verdicts._asdict(),
        **{name: fields[name] for name in ("ended_by", "message", "custom_endpoint")},
    }


#: Arguments that may be given several times.
SEVERAL = ("user", "exclude", "accept_warning")


def arguments(call, words):
    given = {}
    for name, value in (word.split("=", 1) for word in words):
        if name in SEVERAL and call == "run":
            given.setdefault(name, []).append(text(value))
        else:
            given[name] = text(value)
    return given


def main():
    call, *words = sys.argv[1:]
    try:
        given = arguments(call, words)
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    calls = {"two_argument": two_argument, "client": client, "devices": devices, "run": run, "verify": verify}
    return calls[call](given)


if __name__ == "__main__":
    print(json.dumps(main()))
