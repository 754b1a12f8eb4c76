"""The client and the call of two arguments."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Dict, Optional, Tuple, Type, Union

from . import _native
from ._credential import Credential, TokenSource
from ._errors import InternalError, InvalidArgumentError, from_fields
from ._receipt import Receipt

#: How long a pull waits before Python looks for signals, in seconds.
_LOOK = 0.1


class _Service:
    """A native client with the options to make it anew in a forked child."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self._pid = os.getpid()
        self._native: Optional[_native.Client] = _native.Client(**options)

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


class Client:
    """Talks to one endpoint with one credential over pooled connections. Free to share between threads.

    ``credential`` is a token, a function that returns one (asked with ``claims=`` if it takes that), or an object with
    ``get_token`` as azure-identity has them. ``cloud`` is ``"global"`` (the default), ``"usgov"``, ``"usgov_dod"``,
    ``"china"``, ``"bleu"`` or ``"delos"``; ``endpoint`` is another https host that you name, or loopback.

    In seconds: ``timeout`` for one attempt (60), ``connect_timeout`` (10), ``deadline`` for the whole call (300),
    ``backoff`` as first and longest wait (1, 60). ``max_attempts`` is 5; 1 switches retries off. ``proxy`` is a URL, or
    ``""`` for none; the default is what the environment says. ``ca_bundle`` is PEM text, or the path of a PEM file, trusted
    besides the platform's certificates.

    May be used in a forked child: it is made anew there. Raises :class:`InvalidArgumentError` for what it refuses.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        cloud: Optional[str] = None,
        endpoint: Optional[str] = None,
        timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        deadline: Optional[float] = None,
        max_attempts: Optional[int] = None,
        backoff: Optional[Tuple[float, float]] = None,
        proxy: Optional[str] = None,
        ca_bundle: Union[str, bytes, "os.PathLike[str]", None] = None,
        user_agent_suffix: Optional[str] = None,
    ) -> None:
        self._service = _Service(
            cloud=cloud,
            endpoint=endpoint,
            timeout=timeout,
            connect_timeout=connect_timeout,
            deadline=deadline,
            max_attempts=max_attempts,
            backoff=backoff,
            proxy=proxy,
            ca_pem=_pem(ca_bundle),
            user_agent_suffix=user_agent_suffix,
        )
        self._source = TokenSource(credential, self._service.here().scope)

    def remove_all_devices(
        self,
        user_id: str,
        *,
        justification: Optional[str] = None,
        approval_code: Optional[str] = None,
        client_request_id: Optional[str] = None,
        deadline: Optional[float] = None,
    ) -> Receipt:
        """Retires every Intune-managed device of a user (object id or user principal name). Irreversible.

        Returns when the service accepted it (HTTP 204); the devices retire when they next check in. Otherwise raises a
        :class:`GraphDevicesError`, whose ``effect`` says whether it can have been applied all the same. Throttling and
        passing failures are tried again within the deadline (seconds).

        ``justification`` is what Multi Admin Approval shows to the approver; ``approval_code`` is the code of an approved
        request. Other threads run while it waits. Ctrl-C raises ``KeyboardInterrupt`` at once: no further attempt is made,
        but one that is under way ends by itself and may still be applied.

        Service: https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement
        """
        if not isinstance(user_id, str):
            raise InvalidArgumentError(f"the user id is {type(user_id).__name__}, not str")
        return _perform(
            self._service,
            self._source,
            user_id,
            justification=justification,
            approval_code=approval_code,
            client_request_id=client_request_id,
            deadline=deadline,
        )

    def close(self) -> None:
        """Closes the connections in the background. A closed client makes no more calls."""
        self._service.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        options = self._service.options
        where = options["endpoint"] or options["cloud"] or "global"
        return f"Client({where!r})"


def _pem(bundle: Union[str, bytes, "os.PathLike[str]", None]) -> Optional[str]:
    if bundle is None:
        return None
    if isinstance(bundle, bytes):
        return bundle.decode("ascii", "replace")
    if isinstance(bundle, str) and "-----BEGIN" in bundle:
        return bundle
    try:
        with open(bundle, encoding="ascii", errors="replace") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"the CA bundle cannot be read: {error}") from error


def _perform(service: _Service, source: TokenSource, user_id: str, **options: Any) -> Receipt:
    """One call: a run of one user, pulled so that Python sees signals and other threads run."""
    run = service.here().start(source.token(), supplies_tokens=source.renewable, **options)
    try:
        run.add_user(user_id)
        run.end_users()
        while True:
            event = run.next(_LOOK)
            if event is None:
                continue
            kind, told = event
            if kind == "need_token":
                run.set_token(source.token(told["claims"]))
            elif kind == "row" and told["receipt"] is not None:
                return Receipt(**told["receipt"])
            elif kind == "row":
                raise from_fields(**told["error"])
            elif kind == "done":
                raise InternalError("the run ended without a row", effect="possible")
    except BaseException:
        run.stop()
        raise


_shared: Dict[Optional[str], _Service] = {}


def remove_all_devices(token: str, user_id: str) -> Receipt:
    """Retires every Intune-managed device of a user (object id or user principal name). Irreversible.

    All calls share one client with the default options; its endpoint is the worldwide cloud, or what
    ``GRAPH_DEVICES_ENDPOINT`` names (known clouds and loopback only). See :meth:`Client.remove_all_devices`.
    """
    for name, value in (("token", token), ("user id", user_id)):
        if not isinstance(value, str):
            raise InvalidArgumentError(f"the {name} is {type(value).__name__}, not str")
    environment = os.environ.get(_native.ENDPOINT_VARIABLE) or None
    service = _shared.get(environment)
    if service is None:
        service = _shared.setdefault(environment, _Service(environment=environment))
    return _perform(service, TokenSource(token, service.here().scope), user_id)
