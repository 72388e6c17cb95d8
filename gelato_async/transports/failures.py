"""What an error of httpx means to a caller: it was not sent, or nobody knows.

httpx2 has the same errors under the same names, so classes are told apart by name.
"""

from gelato_async.core.errors import ConnectionFailedError, GelatoError, NoAnswerError
from gelato_async.transports.body import Body, UnreadableError

# errors that httpx raises only before it sends, where no trace says more
_NEVER_LEFT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
)


def reason_of_end(body: Body | None, timeout: float) -> Exception:
    """Why an exchange was cut off: its body is unreadable, or its time was over."""
    if body is not None and body.failure is not None:
        return UnreadableError(body.failure)
    return TimeoutError(f"nothing within {timeout:g} s")


def mapped(error: Exception, host: str, *, status: int | None, left: bool | None) -> GelatoError:
    """What an error of httpx (or httpx2) means to a caller.

    `left` says whether the request was seen leaving, if known.
    """
    kinds = names_of(error)
    reason = f"{type(error).__name__}: {str(error) or error.__cause__ or ''}".rstrip(": ")
    if status is None and (left is False or (left is None and kinds & _NEVER_LEFT)):
        return ConnectionFailedError(
            f"no connection to {host} ({reason}): check the network, base_url and proxy settings",
            reason=reason,
        )
    if status is None:
        came = "no answer came"
    elif isinstance(error, UnreadableError):
        came = f"the answer ({status}) cannot be read"
    else:
        came = f"the answer ({status}) broke off"
    return NoAnswerError(
        f"the request was sent to {host} and {came} ({reason})", status=status, reason=reason
    )


def names_of(error: Exception) -> set[str]:
    """The names of an error's classes, by which httpx's and httpx2's are the same."""
    return {cls.__name__ for cls in type(error).__mro__}
