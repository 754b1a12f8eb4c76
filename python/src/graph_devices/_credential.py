"""Sources of tokens: a text, a function, or a credential of azure-identity."""

from __future__ import annotations

from ._errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Protocol, Union

    class AccessToken(Protocol):
        """A token as azure-core returns it."""

        @property
        def token(self) -> str: ...

    class TokenCredential(Protocol):
        """A credential as azure-core defines it."""

        def get_token(self, *scopes: str, claims: Optional[str] = None, **kwargs: Any) -> AccessToken: ...

    Credential = Union[str, Callable[..., str], TokenCredential]


class TokenSource:
    """Gets tokens from a credential, on the thread that makes the call."""

    def __init__(self, credential: Credential, scope: str) -> None:
        self._text: Optional[str] = None
        if isinstance(credential, str):
            self._text = credential
        elif hasattr(credential, "get_token"):
            self._ask = _from_azure(credential, scope)
        elif callable(credential):
            self._ask = _from_function(credential)
        else:
            raise InvalidArgumentError(
                "the credential must be a token, a function that returns one, or an object with get_token"
            )

    @property
    def renewable(self) -> bool:
        """Whether the credential can return another token."""
        return self._text is None

    @property
    def renew(self) -> Optional[Callable[[Optional[str]], str]]:
        """The function that returns another token, if the credential can return one."""
        return self.token if self.renewable else None

    def token(self, claims: Optional[str] = None) -> str:
        """A token that satisfies the claims, if any."""
        token = self._text if self._text is not None else self._ask(claims)
        if hasattr(token, "__await__"):
            raise InvalidArgumentError(_asynchronous(token))
        if not isinstance(token, str):
            raise InvalidArgumentError(f"the credential must return a token (str), not {type(token).__name__}")
        return token

    def __repr__(self) -> str:
        return "TokenSource(..)"


def _asynchronous(waiting: Any) -> str:
    # Otherwise Python warns later that it was never awaited.
    if hasattr(waiting, "close"):
        waiting.close()
    elif hasattr(waiting, "cancel"):
        waiting.cancel()
    return (
        "the credential is asynchronous and returned an awaitable, not a token; "
        "use azure.identity instead of azure.identity.aio, or a function without async"
    )


def _from_azure(credential: Any, scope: str) -> Callable[[Optional[str]], Any]:
    def ask(claims: Optional[str]) -> Any:
        answer = credential.get_token(scope) if claims is None else credential.get_token(scope, claims=claims)
        return getattr(answer, "token", answer)

    return ask


def _from_function(function: Callable[..., Any]) -> Callable[[Optional[str]], Any]:
    import inspect  # as slow to import as the rest of the package, and few credentials are functions

    try:
        parameters = inspect.signature(function).parameters.values()
        takes_claims = any(p.name == "claims" or p.kind is p.VAR_KEYWORD for p in parameters)
    except (TypeError, ValueError):
        takes_claims = False

    def ask(claims: Optional[str]) -> Any:
        return function(claims=claims) if takes_claims else function()

    return ask
