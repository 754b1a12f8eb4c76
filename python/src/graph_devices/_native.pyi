import os
from typing import Any, Dict, List, Optional, Tuple, Union, final

__all__ = ["ENDPOINT_VARIABLE", "Client", "Reading", "Run", "RunOptions", "statuses", "version"]

ENDPOINT_VARIABLE: str

def version() -> str: ...
def statuses() -> List[str]: ...
@final
class Client:
    def __new__(
        cls,
        *,
        cloud: Optional[str] = None,
        endpoint: Optional[str] = None,
        environment: Optional[str] = None,
        timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        deadline: Optional[float] = None,
        max_attempts: Optional[int] = None,
        backoff: Optional[Tuple[float, float]] = None,
        proxy: Optional[str] = None,
        ca_pem: Optional[str] = None,
        user_agent_suffix: Optional[str] = None,
    ) -> "Client": ...
    @property
    def scope(self) -> str: ...
    def run(self, token: str, options: RunOptions) -> Run: ...
    def verify(self, token: str, journal: Union[str, "os.PathLike[str]"], options: RunOptions) -> Run: ...
    def managed_devices(
        self, token: str, user: str, *, supplies_tokens: bool = False, deadline: Optional[float] = None
    ) -> Reading: ...

@final
class RunOptions:
    def __new__(
        cls,
        *,
        supplies_tokens: bool = False,
        justification: Optional[str] = None,
        approval_code: Optional[str] = None,
        client_request_id: Optional[str] = None,
        deadline: Optional[float] = None,
        journal: Union[str, "os.PathLike[str]", None] = None,
        resume: Union[str, "os.PathLike[str]", None] = None,
        plan: Union[str, "os.PathLike[str]", None] = None,
        preview: bool = False,
        read: Optional[bool] = None,
        quota: Optional[Tuple[int, float]] = None,
        read_quota: Optional[Tuple[int, float]] = None,
        connections: Optional[int] = None,
        batch_size: Optional[int] = None,
        max_users: Optional[int] = None,
        max_devices_per_user: Optional[int] = None,
        max_approvals: Optional[int] = None,
        exclude: Optional[List[str]] = None,
        accept: Optional[List[str]] = None,
        input: Optional[Tuple[str, str]] = None,
        operator: Optional[str] = None,
        host: Optional[str] = None,
    ) -> "RunOptions": ...

@final
class Run:
    def add_user(self, user: str) -> None: ...
    def end_users(self) -> None: ...
    def next(self, wait: float) -> Optional[Tuple[str, Dict[str, Any]]]: ...
    def set_token(self, token: str) -> None: ...
    def stop(self) -> None: ...

@final
class Reading:
    def next(self, wait: float) -> Optional[Tuple[str, Dict[str, Any]]]: ...
    def set_token(self, token: str) -> None: ...
