"""The numbers in the query of a view."""

import math
from collections.abc import Mapping

from gelato_async.sandbox.errors import ControlError


def number(query: Mapping[str, str], name: str, default: float) -> float:
    """Return a number of at least 0, or `default` where the query has none.

    Raises:
        ControlError: The text is not such a number.
    """
    if name not in query:
        return default
    try:
        value = float(query[name])
    except ValueError:
        value = -1
    if not 0 <= value < math.inf:
        raise ControlError(f"{name}: must be a number of at least 0")
    return value
