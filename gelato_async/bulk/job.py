"""Job: an order on its way through a run."""

from typing import Any

from attrs import define

from gelato_async.core.settling import Creation


@define(eq=False)
class Job:
    """A create, and where it is: `waiting` for its turn, `sent` (it may have reached Gelato), being `looked` for."""

    creation: Creation[Any]
    waiting: bool = False
    sent: bool = False
    looked: bool = False

    @property
    def reference(self) -> str:
        """The caller's reference."""
        return self.creation.reference
