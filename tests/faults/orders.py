"""An order as the simulated server holds it: the truth by which every outcome is judged."""

from typing import Any

from attrs import define, field, frozen
from faults.clocks import iso_date

DEAD = {"canceled", "failed"}


@frozen(kw_only=True)
class State:
    """What an order became at `since` (true seconds); `updated` is the database's date of it."""

    since: float
    status: str
    updated: float


@define(eq=False, kw_only=True)
class SimulatedOrder:
    """`asked` is the reference that the request had, `reference` the one that was kept.

    `tag` says for whom it was made: what the caller of the network put there, None for others.
    `created` is its date, by the database's clock. Until it is committed, `history` is empty.
    """

    id: str
    asked: str
    reference: str
    kind: str
    created: float
    connected: tuple[str, ...] = ()
    metadata: tuple[Any, ...] = ()
    tag: Any = None
    by_person: bool = False
    history: list[State] = field(factory=list)

    @property
    def is_live(self) -> bool:
        return bool(self.history) and self.history[-1].status not in DEAD

    @property
    def is_dead(self) -> bool:
        return bool(self.history) and self.history[-1].status in DEAD

    def seen_at(self, moment: float) -> State | None:
        """What somebody sees of it who sees the state of `moment`."""
        past = [state for state in self.history if state.since <= moment]
        return past[-1] if past else None

    def __str__(self) -> str:
        """Its life, in true seconds."""
        life = [f"{state.status} at {state.since:.2f}" for state in self.history]
        return f"{self.id} dated {iso_date(self.created)}: {', '.join(life) or 'on its way'}"

    def row(self, state: State) -> dict[str, Any]:
        """A row of a search."""
        return {
            "id": self.id,
            "orderReferenceId": self.reference,
            "orderType": self.kind,
            "fulfillmentStatus": state.status,
            "createdAt": iso_date(self.created),
            "updatedAt": iso_date(state.updated),
            "connectedOrderIds": list(self.connected),
        }

    def document(self, state: State) -> dict[str, Any]:
        """What a GET answers."""
        return {**self.row(state), "metadata": list(self.metadata), "items": []}
