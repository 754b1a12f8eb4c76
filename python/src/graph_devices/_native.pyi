from typing import Any, Dict, List, Optional, Tuple, final

__all__ = ["ENDPOINT_VARIABLE", "Client", "Run", "statuses", "version"]

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
    def start(
        self,
        token: str,
        *,
        supplies_tokens: bool = False,
        justification: Optional[str] = None,
        approval_code: Optional[str] = None,
        client_request_id: Optional[str] = None,
        deadline: Optional[float] = None,
    ) -> "Run": ...

@final
class Run:
    def add_user(self, user: str) -> None: ...
    def end_users(self) -> None: ...
    def next(self, wait: float) -> Optional[Tuple[str, Dict[str, Any]]]: ...
    def set_token(self, token: str) -> None: ...
    def stop(self) -> None: ...
