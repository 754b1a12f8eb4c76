"""The client and the call of two arguments."""

from __future__ import annotations

import os

from . import _native
from ._credential import TokenSource
from ._errors import InvalidArgumentError
from ._kinds import path
from ._service import Service, pem_text, read, retire
from .generated.runs import RunMethods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Dict, Iterable, Iterator, List, NoReturn, Optional, Tuple, Type, Union

    from ._credential import Credential
    from ._devices import DeviceList
    from ._events import Report, UserResult, Verification
    from ._options import Path, Quota
    from ._run import Results, Run
    from .generated.receipt import Receipt


class Client(RunMethods):
    """Talks to one endpoint with one credential over pooled connections. Free to share between threads.

    ``credential`` is a token, a function that returns one (asked with ``claims=`` if it takes that), or an object with
    ``get_token`` as azure-identity has them. ``cloud`` is ``"global"`` (the default), ``"usgov"``, ``"usgov_dod"``,
    ``"china"``, ``"bleu"`` or ``"delos"``; ``endpoint`` is another https host that you name, or loopback.
    ``endpoint_from_environment`` is what ``GRAPH_DEVICES_ENDPOINT`` names if neither is given, a cloud's or loopback.

    In seconds: ``timeout`` for one attempt (60), ``connect_timeout`` (10), ``deadline`` for a whole call, or each request of
    a run (300), ``backoff`` as first and longest wait (1, 60). ``max_attempts`` is 5; 1 switches retries off. ``proxy`` is a URL, or
    ``""`` for none; the default is what the environment says. ``ca_certificates`` is PEM text, or the path of a PEM file, trusted
    besides the platform's certificates.

    May be used in a forked child: it is made anew there. Raises :class:`InvalidArgumentError` for what it refuses.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        cloud: Optional[str] = None,
        endpoint: Optional[str] = None,
        endpoint_from_environment: bool = False,
        timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        deadline: Optional[float] = None,
        max_attempts: Optional[int] = None,
        backoff: Union[Tuple[float, float], List[float], None] = None,
        proxy: Optional[str] = None,
        ca_certificates: Union[str, bytes, "os.PathLike[str]", None] = None,
        user_agent_suffix: Optional[str] = None,
    ) -> None:
        self._service = Service(
            cloud=cloud,
            endpoint=endpoint,
            environment=_environment() if endpoint_from_environment else None,
            timeout=timeout,
            connect_timeout=connect_timeout,
            deadline=deadline,
            max_attempts=max_attempts,
            backoff=backoff,
            proxy=proxy,
            ca_certificates=pem_text(ca_certificates),
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
        :class:`GraphDevicesError`, whose ``effect`` says whether it can have been applied all the same. The person of the
        token is refused. Throttling and passing failures are tried again within the deadline (seconds).

        ``justification`` is what Multi Admin Approval shows to the approver; ``approval_code`` is the code of an approved
        request. Other threads run while it waits. Ctrl-C raises ``KeyboardInterrupt`` at once: no further attempt is made,
        but one that is under way ends by itself and may still be applied.

        Service: https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement
        """
        if not isinstance(user_id, str):
            raise InvalidArgumentError(f"the user id is {type(user_id).__name__}, not str")
        return retire(
            self._service,
            self._source,
            user_id,
            justification=justification,
            approval_code=approval_code,
            client_request_id=client_request_id,
            deadline=deadline,
        )

    def managed_devices(self, user_id: str, *, deadline: Optional[float] = None) -> DeviceList:
        """Reads the devices that Intune lists for a user, with warnings of what to know before they are retired.

        All pages are read within the deadline (seconds), and a page that cannot be read whole raises: never fewer devices.
        Needs ``DeviceManagementManagedDevices.Read.All``. Threads and Ctrl-C as in :meth:`remove_all_devices`. Whether a
        retire takes exactly these devices is not documented.

        Service: https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list
        """
        if not isinstance(user_id, str):
            raise InvalidArgumentError(f"the user id is {type(user_id).__name__}, not str")
        return read(self._service, self._source, user_id, deadline)

    def _preview(self, users: Iterable[str], options: Dict[str, Any]) -> Results[UserResult]:
        from ._run import Results

        return Results(*self._begin(users, preview=True, **options))

    def _run(self, users: Iterable[str], options: Dict[str, Any]) -> Run:
        from ._run import Run

        return Run(*self._begin(users, **options))

    def _remove_all_devices_bulk(self, users: Iterable[str], options: Dict[str, Any]) -> Report:
        from ._run import to_the_end

        return to_the_end(self._run(users, options))

    def verify(
        self,
        journal: Path,
        *,
        read_quota: Optional[Quota] = None,
        initiated_by: Optional[str] = None,
        machine: Optional[str] = None,
    ) -> Results[Verification]:
        """What became of the devices that a journal's run saw, also days later. Iterates users; appends to the journal.

        ``gone`` is what tells that a device has retired. Raises :class:`JournalError` for a journal it cannot use, and at its
        end what ended it early. Needs ``DeviceManagementManagedDevices.Read.All``.
        """
        from ._options import run_options
        from ._run import Results

        options = run_options(
            read_quota=read_quota, initiated_by=initiated_by, machine=machine, token_events=self._source.renewable
        )
        native = self._service.here().verify(self._source.token(), path("journal", journal), options)
        return Results(native, self._source, iter(()), True)

    def _begin(self, users: Iterable[str], **given: Any) -> Tuple[_native.Run, TokenSource, Iterator[Any], bool]:
        from ._options import run_options, users_of

        options = run_options(token_events=self._source.renewable, **given)
        waiting = users_of(users)
        native = self._service.here().run(self._source.token(), options)
        return native, self._source, waiting, bool(given.get("journal") or given.get("resume"))

    def close(self) -> None:
        """Closes the connections in the background. A closed client makes no more calls; runs under way go on."""
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

    def __copy__(self) -> "Client":
        """Another client over the same connections: closing one closes both."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            "a Client cannot be pickled or deep-copied: it has connections and a credential; make another one"
        )

    def __repr__(self) -> str:
        options = self._service.options
        where = next((options[name] for name in ("endpoint", "cloud", "environment") if name in options), "global")
        return f"Client({where!r})"


def _environment() -> Optional[str]:
    return os.environ.get(_native.ENDPOINT_VARIABLE) or None


_shared: Dict[Optional[str], Service] = {}


def remove_all_devices(token: str, user_id: str) -> Receipt:
    """Retires every Intune-managed device of a user (object id or user principal name). Irreversible.

    All calls share one client with the default options; its endpoint is the worldwide cloud, or what
    ``GRAPH_DEVICES_ENDPOINT`` names (known clouds and loopback only). See :meth:`Client.remove_all_devices`.
    """
    for name, value in (("token", token), ("user id", user_id)):
        if not isinstance(value, str):
            raise InvalidArgumentError(f"the {name} is {type(value).__name__}, not str")
    environment = _environment()
    service = _shared.get(environment)
    if service is None:
        service = _shared.setdefault(environment, Service(environment=environment))
    return retire(service, TokenSource(token, service.here().scope), user_id)
