"""Long lists, examined in slices: other requests are served in between."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Item = TypeVar("Item")

# So many are examined in about a millisecond.
SLICE = 500


async def in_slices(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield the items, and let other tasks run after each slice."""
    for number, item in enumerate(items, 1):
        yield item
        if number % SLICE == 0:
            await asyncio.sleep(0)
