"""Job: an order on its way through a run."""

from typing import Any

from attrs import define

from gelato_async.core.settling import Creation


@define(eq=False)
class Job:
    """A create, and where it is.

    `waiting` for its turn, `sent` (it may have reached Gelato), being `looked` for, `probing`
    whether an outage is over, `excused` for its failure by an outage, of an `earlier` run.
    `resends` counts those that no outage excuses.

    `begun` is when this run took it up, in the clock's seconds.
    """

    creation: Creation[Any]
    begun: float = 0.0
    waiting: bool = False
    sent: bool = False
    looked: bool = False
    probing: bool = False
    excused: bool = False
    earlier: bool = False
    resends: int = 0

    @property
    def reference(self) -> str:
        """The caller's reference."""
        return self.creation.reference

    @property
    def may_exist(self) -> bool:
        """Whether Gelato may have it, as far as anybody knows."""
        return self.sent or self.creation.unclear_since is not None
