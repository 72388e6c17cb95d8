"""Conditions: when a check certainly finds nothing, as expressions for `core.encoder`.

They are all that the encoder knows of a check. Where none of them holds, the check's function is
asked, and only the function says what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

Find = Callable[[Any, Mapping[str, Any]], str | None]

SURELY, NEVER = "True", "False"


@frozen(eq=False)
class Check:
    """A limit: the function that finds what is wrong, and when that is certainly nothing.

    The conditions are Python expressions for `core.encoder`, one for each kind of value: `v` is the
    value, `{country}` another field of the same object. A condition may be false where the function
    finds nothing, since the function is then asked; it is never true where there is something.
    """

    find: Find
    missing: str = SURELY
    text: str = NEVER
    number: str = NEVER
    many: str = NEVER

    def __call__(self, value: Any, holder: Mapping[str, Any]) -> str | None:
        """Return what would be right, or None if the value is within the limit."""
        return self.find(value, holder)


def passes(
    *, missing: str = SURELY, text: str = NEVER, number: str = NEVER, many: str = NEVER
) -> Callable[[Find], Check]:
    """Make a function a check, with the conditions of `Check`."""

    def check(find: Find) -> Check:
        return Check(find, missing=missing, text=text, number=number, many=many)

    return check
