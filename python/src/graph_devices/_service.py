"""The native client of this process, and one call through it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _native
from ._credential import TokenSource
from ._errors import InternalError, InvalidArgumentError, from_fields
from ._kinds import checked, path
from .generated.receipt import Receipt

if TYPE_CHECKING:
    from ._devices import DeviceList

#: How long a pull waits before Python looks for signals, in seconds.
LOOK = 0.1


class Service:
    """A native client with the options to make it anew in a forked child."""

    def __init__(self, **options: Any) -> None:
        self.options = checked(options)
        self._pid = os.getpid()
        self._native: Optional[_native.Client] = _native.Client(**self.options)

    def here(self) -> _native.Client:
        """The native client of this process."""
        native = self._native
        if native is None:
            raise InvalidArgumentError("the client is closed; make a new one")
        if self._pid != os.getpid():
            native = self._native = _native.Client(**self.options)
            self._pid = os.getpid()
        return native

    def close(self) -> None:
        self._native = None


def pem_text(bundle: Union[str, bytes, "os.PathLike[str]", None]) -> Optional[str]:
    """The PEM of a bundle, which is PEM itself or a path."""
    if bundle is None:
        return None
    if isinstance(bundle, bytes):
        return bundle.decode("ascii", "replace")
    if isinstance(bundle, str) and "-----BEGIN" in bundle:
        return bundle
    file_name = path("ca_certificates", bundle)
    try:
        with open(file_name, encoding="ascii", errors="replace") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"the CA bundle cannot be read: {error}") from error


def retire(service: Service, source: TokenSource, user_id: str, **call: Any) -> Receipt:
    """One call: a run of one user without reading, pulled so that Python sees signals and other threads run."""
    options = _native.RunOptions(token_events=source.renewable, inspect_first=False, max_users=1, **checked(call))
    run = service.here().run(source.token(), options)
    try:
        run.add_user(user_id)
        run.end_users()
        while True:
            event = run.next(LOOK)
            if event is None:
                continue
            kind, told = event
            if kind == "need_token":
                run.set_token(source.token(told["claims"]))
            elif kind == "result" and told["receipt"] is not None:
                return Receipt(**told["receipt"])
            elif kind == "result" and told["error"] is None:
                raise InvalidArgumentError(told["detail"] or "the user was skipped")
            elif kind == "result":
                raise from_fields(**told["error"])
            elif kind == "done":
                raise InternalError("the run ended without a result", effect="possible")
    except BaseException:
        run.stop()
        raise


def read(service: Service, source: TokenSource, user_id: str, deadline: Optional[float]) -> "DeviceList":
    """The devices of a user, pulled likewise."""
    from ._devices import device_list

    call = checked({"token_events": source.renewable, "deadline": deadline})
    reading = service.here().managed_devices(source.token(), user_id, **call)
    while True:
        event = reading.next(LOOK)
        if event is None:
            continue
        kind, told = event
        if kind == "devices":
            return device_list(**told)
        reading.set_token(source.token(told["claims"]))
