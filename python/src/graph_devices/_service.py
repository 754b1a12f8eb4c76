"""The native client of this process, and its single calls."""

from __future__ import annotations

import os

from . import _native
from ._credential import TokenSource
from ._errors import InvalidArgumentError
from ._kinds import checked, path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

    from ._devices import DeviceList
    from .generated.receipt import Receipt


class Service:
    """A native client and its options, from which a forked child creates its own."""

    def __init__(self, **options: Any) -> None:
        # Here once: an import costs a call a tenth of its instructions, also of a module that is loaded.
        from .generated.receipt import Receipt

        self.receipt = Receipt
        self.options = checked(options)
        self._pid = os.getpid()
        self._native: Optional[_native.Client] = _native.Client(**self.options)

    def here(self) -> _native.Client:
        """The native client of this process."""
        native = self._native
        if native is None:
            raise InvalidArgumentError("the client is closed; create a new one")
        if self._pid != os.getpid():
            native = self._native = _native.Client(**self.options)
            self._pid = os.getpid()
        return native

    def close(self) -> None:
        self._native = None


def pem_text(bundle: Union[str, bytes, "os.PathLike[str]", None]) -> Optional[str]:
    """The PEM text of a bundle, which is PEM text itself or a path."""
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
        raise InvalidArgumentError(f"ca_certificates cannot be read: {error}") from error


def retire(service: Service, source: TokenSource, user_id: str, **call: Any) -> Receipt:
    """Retires the devices of a user. Meanwhile Python handles signals, and other threads run."""
    options = checked(call)
    return service.receipt(**service.here().remove_all_devices(source.token(), user_id, source.renew, **options))


def read(service: Service, source: TokenSource, user_id: str, deadline: Optional[float]) -> "DeviceList":
    """Reads the devices of a user, in the same way."""
    from ._devices import device_list

    options = checked({"deadline": deadline})
    return device_list(**service.here().managed_devices(source.token(), user_id, source.renew, **options))
