"""The methods of a client for many users. Written by `cargo xtask generate`; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Optional

    from .._events import Report, UserResult
    from .._options import Input, Path, Quota
    from .._run import Results, Run


def _given(arguments: Dict[str, Any]) -> Dict[str, Any]:
    """The given options; the core has the defaults of the others."""
    return {name: value for name, value in arguments.items() if name not in ("self", "users") and value is not None}


class RunMethods:
    """Many users: preview, run, and run to the end."""

    def _preview(self, users: Iterable[str], options: Dict[str, Any]) -> Results[UserResult]:
        raise NotImplementedError

    def preview(
        self,
        users: Iterable[str],
        *,
        justification: Optional[str] = None,
        deadline: Optional[float] = None,
        journal: Optional[Path] = None,
        resume: Optional[Path] = None,
        plan: Optional[Path] = None,
        read_quota: Optional[Quota] = None,
        connections: Optional[int] = None,
        max_users: Optional[int] = None,
        max_devices_per_user: Optional[int] = None,
        exclude: Optional[Iterable[str]] = None,
        accept_warning: Optional[Iterable[str]] = None,
        input_list: Optional[Input] = None,
        initiated_by: Optional[str] = None,
        machine: Optional[str] = None,
        consent: Optional[str] = None,
    ) -> Results[UserResult]:
        """Shows what :meth:`run` with the same options would do. Sends nothing. Iterates the result of each user, with devices.

        A user who would be sent is ``skipped`` for the reason ``preview``; any other reason is why a run would skip the user.
        ``journal`` is a new file: a plan for a later run. With ``resume`` or ``plan`` it shows what a run with these would do;
        with ``resume`` it is also recorded in that journal. An error that ends the preview early is raised at the end of the
        iteration. ``notices`` of the result lists what could not be read. The options are those of :meth:`run`.
        """
        return self._preview(users, _given(locals()))

    def _run(self, users: Iterable[str], options: Dict[str, Any]) -> Run:
        raise NotImplementedError

    def run(
        self,
        users: Iterable[str],
        *,
        justification: Optional[str] = None,
        deadline: Optional[float] = None,
        journal: Optional[Path] = None,
        resume: Optional[Path] = None,
        plan: Optional[Path] = None,
        inspect_first: Optional[bool] = None,
        write_quota: Optional[Quota] = None,
        read_quota: Optional[Quota] = None,
        connections: Optional[int] = None,
        batch_size: Optional[int] = None,
        max_users: Optional[int] = None,
        max_devices_per_user: Optional[int] = None,
        max_approvals: Optional[int] = None,
        exclude: Optional[Iterable[str]] = None,
        accept_warning: Optional[Iterable[str]] = None,
        input_list: Optional[Input] = None,
        initiated_by: Optional[str] = None,
        machine: Optional[str] = None,
        consent: Optional[str] = None,
    ) -> Run:
        """Retires the devices of many users. Irreversible. Iterates events; see :class:`Run`.

        ``users`` is any iterable of object ids and user principal names, taken as they are needed; an open text file yields
        its lines. A malformed user id is a failed result, and so is a value that is not a text, such as a NaN of pandas; the
        error names its position. A lone surrogate is shown as a backslash and its number. A user who is given twice is sent
        once. The error of a user is returned, not raised.

        An option that is ``None`` has the default of the library, the same in every language.

        Before anything is sent, raises :class:`JournalError` if the journal or the plan is unusable, and
        :class:`InvalidArgumentError` for a refused option. The credential is called once at the start, and again on the
        iterating thread when the service refuses the token. A token of another tenant is refused.

        Service: https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement

        - ``justification``: The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024
          characters. It also stands in the journal.
        - ``deadline``: The longest time of each request of the run, including all its attempts and waits. The default
          is the client's. Each read of a user is a request, all pages of a list together are one, and so is the send.
          Waits for a token do not count. Pauses of the whole run, for its pace or after a 429, count only in a run of
          one user. In seconds.
        - ``journal``: Records the run in a new journal, a file of JSON lines. A file that exists is refused when the
          run starts: see ``resume``.
        - ``resume``: Resumes the run of a journal. Users that are done are not sent again; users in doubt are read
          first. A run takes this or ``journal``, not both. The journal does not store users and options: give all
          users again, and set the options again. If the earlier run was bound to a plan or had exclusions, the start
          is refused without a plan or with fewer exclusions. When the run ends, a notice of the kind ``"run"``
          reports how many users in doubt or waiting for approval were not given.
        - ``plan``: Binds the run to a plan, the journal of a preview: it sends only users of the plan, and only if
          the plan has all their devices. If devices may not be read, the run ends.
        - ``inspect_first``: Whether users and devices are read before anything is sent; the default is yes. Without
          reads there are no warnings, no limit of devices and no snapshot. Users in doubt stay unknown, and no user
          can be previewed or compared with a plan.
        - ``write_quota``: The most writes that are sent in any window of this length. The default is 150 in 20
          seconds of the documented 200 for an app and tenant
          (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>). A number of requests and of
          seconds.
        - ``read_quota``: The most reads that are sent in any window of this length. The default is 2000 in 20
          seconds. Each read inside a batch is one. A number of requests and of seconds.
        - ``connections``: The most requests in flight at once, 1 to 64. The default is 16; with 1, and a batch size
          of 1, the users come in the order given.
        - ``batch_size``: How many users are sent in one request, 1 to 20, and no more than the write quota, which is
          checked as the run starts. The default is 1. Larger batches save round trips, but an answer that cannot be
          read leaves every user of the batch unknown.
        - ``max_users``: The most users that the run takes. The default is no limit. With a limit nothing is sent
          until the users have ended, and nothing at all if they are more. Until then all of them are in memory. A run
          of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its waits
          but those for a token count towards its deadline.
        - ``max_devices_per_user``: A user with more devices is skipped. The default is 10.
        - ``max_approvals``: The most requests that Multi Admin Approval may queue before the run ends. Such a run can
          be resumed. The default is 0: the first queued request ends the run, so that a person can check it.
        - ``exclude``: A user that must not be sent, by object id or name. If users are read, exclusions are looked up
          first, so that either form protects the user, and a notice of the kind ``"run"`` names the exclusions that
          no user has. If they cannot be looked up, a user in another form than an exclusion fails as
          ``"permission_denied"``.
        - ``accept_warning``: Consent to a blocking warning, by its name, such as ``entra_joined_windows``.
        - ``input_list``: Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal. The
          path of the list is enough.
        - ``initiated_by``: The person who starts the run, for the journal. The default is the signed-in user of the
          token, and no text for an app.
        - ``machine``: The machine of the run, for the journal. There is no default.
        - ``consent``: How the person who starts the run consented to it, for the journal, such as ``typed 4``. There
          is no default.
        """
        return self._run(users, _given(locals()))

    def _remove_all_devices_bulk(self, users: Iterable[str], options: Dict[str, Any]) -> Report:
        raise NotImplementedError

    def remove_all_devices_bulk(
        self,
        users: Iterable[str],
        *,
        justification: Optional[str] = None,
        deadline: Optional[float] = None,
        journal: Optional[Path] = None,
        resume: Optional[Path] = None,
        plan: Optional[Path] = None,
        inspect_first: Optional[bool] = None,
        write_quota: Optional[Quota] = None,
        read_quota: Optional[Quota] = None,
        connections: Optional[int] = None,
        batch_size: Optional[int] = None,
        max_users: Optional[int] = None,
        max_devices_per_user: Optional[int] = None,
        max_approvals: Optional[int] = None,
        exclude: Optional[Iterable[str]] = None,
        accept_warning: Optional[Iterable[str]] = None,
        input_list: Optional[Input] = None,
        initiated_by: Optional[str] = None,
        machine: Optional[str] = None,
        consent: Optional[str] = None,
    ) -> Report:
        """Runs :meth:`run` to its end, with the same options. Irreversible.

        Returns the counts, and the result of each user who is not done. An error that ends the run early (token, permission,
        licence, no connection, journal, a limit) is raised; its ``report`` has the results so far.
        """
        return self._remove_all_devices_bulk(users, _given(locals()))
