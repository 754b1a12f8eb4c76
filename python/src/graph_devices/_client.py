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
    """Sends requests to one endpoint with one credential over pooled connections. Threads may share it.

    ``credential`` is a token, a function that returns one (called with ``claims=`` if it has that parameter), or an
    object with ``get_token`` like those of azure-identity. ``cloud`` is ``"global"`` (the default), ``"usgov"``,
    ``"usgov_dod"``, ``"china"``, ``"bleu"`` or ``"delos"``; ``endpoint`` is another https host, or loopback. With
    ``endpoint_from_environment`` and neither of them, ``GRAPH_DEVICES_ENDPOINT`` names the endpoint: a cloud's or
    loopback.

    In seconds: ``timeout`` for one attempt (60), ``connect_timeout`` (10), ``deadline`` for a whole call or for each
    request of a run (300), ``backoff`` as first and longest wait (1, 60). ``max_attempts`` is 5; 1 switches retries
    off. ``proxy`` is a URL, or ``""`` for none; the default comes from the environment. ``ca_certificates`` is PEM text
    or the path of a PEM file; it is trusted in addition to the platform's certificates.

    A forked child may use the client; it makes its own connections. Raises :class:`InvalidArgumentError` for a refused
    option.
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

        Returns after the service accepted the action (HTTP 204); the devices retire when they next check in. Otherwise
        raises a :class:`GraphDevicesError`; its ``effect`` is whether the action may have been applied. The signed-in
        user is refused. Throttling and transient failures are retried within the deadline (seconds).

        Multi Admin Approval shows ``justification`` to the approver; ``approval_code`` is the code of an approved
        request. Other threads run during the call. Ctrl-C raises ``KeyboardInterrupt`` at once: no further attempt is
        made, but an attempt in flight may still be applied.

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
        """Reads the devices that Intune lists for a user. Warnings say what to know before the devices are retired.

        The deadline (seconds) covers all pages. A page that cannot be read completely raises; the list is never
        shorter. Needs ``DeviceManagementManagedDevices.Read.All``. Threads and Ctrl-C as in :meth:`remove_all_devices`.
        Microsoft does not document whether the action retires exactly these devices.

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
        """Reports what became of the devices that a journal's runs saw, also days later. Iterates users.

        ``gone`` means that a device has retired. Each user's verification is appended to the journal. Raises
        :class:`JournalError` if the journal is unusable. An error that ends the verification early is raised at the end
        of the iteration. Needs ``DeviceManagementManagedDevices.Read.All``.
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
        """Closes the connections in the background. A closed client makes no more calls; active runs go on."""
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
            "a Client cannot be pickled or deep-copied: it has connections and a credential; create another one"
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

    All calls share one client with the default options. Its endpoint is the worldwide cloud, or the one that
    ``GRAPH_DEVICES_ENDPOINT`` names (only known clouds and loopback). See :meth:`Client.remove_all_devices`.
    """
    for name, value in (("token", token), ("user id", user_id)):
        if not isinstance(value, str):
            raise InvalidArgumentError(f"the {name} is {type(value).__name__}, not str")
    environment = _environment()
    service = _shared.get(environment)
    if service is None:
        service = _shared.setdefault(environment, Service(environment=environment))
    return retire(service, TokenSource(token, service.here().scope), user_id)
