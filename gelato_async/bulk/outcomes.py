"""What became of each order of a bulk run, and how far the run is."""

from attrs import define, field, frozen

from gelato_async.core.errors import GelatoError, Problem
from gelato_async.models.new_order import NewOrder

CONFLICT = Problem(
    "orderReferenceId",
    "was used before, for an order with other contents: if this is another order, give it another"
    " reference",
)


@frozen(kw_only=True)
class Created:
    """The order was made, once.

    `adopted`: its answer was lost, and the order was found by its reference. `replayed`: an earlier
    run with the same journal made it. `connected_order_ids` names all parts of an order that Gelato
    split, `order_id` included. `sends` is how often the run that made the order sent it, `seconds`
    how long that took.
    """

    reference: str
    order_id: str
    adopted: bool = False
    replayed: bool = False
    connected_order_ids: tuple[str, ...] = ()
    sends: int = field(default=0, eq=False)
    seconds: float = field(default=0.0, eq=False)


@frozen(kw_only=True)
class Rejected:
    """The order was not made: it breaks rules, or Gelato refused it.

    `error` says why; fix the order and submit it again. `order` is the very object that was given;
    it holds the recipient, so no repr shows it.
    """

    reference: str
    error: GelatoError
    order: NewOrder | None = field(default=None, repr=False, eq=False)
    sends: int = field(default=0, eq=False)
    seconds: float = field(default=0.0, eq=False)

    @property
    def is_conflict(self) -> bool:
        """Whether its reference alone is wrong: used before, in any run, for other contents."""
        return getattr(self.error, "problems", ()) == (CONFLICT,)


@frozen(kw_only=True)
class Unknown:
    """The order may or may not have been made.

    Run again with the same journal, which finds out first. Without a journal, do not submit the
    order again before `client.orders.find(reference)` has shown that it is not there. `in_flight`:
    the run ended before its answer came, or before it was looked for long enough.
    """

    reference: str
    error: GelatoError
    in_flight: bool = field(default=False, eq=False)
    sends: int = field(default=0, eq=False)
    seconds: float = field(default=0.0, eq=False)


Outcome = Created | Rejected | Unknown


@define(kw_only=True)
class Progress:
    """A snapshot of a run. `adopted` and `replayed` orders are among the `created` ones.

    `started` counts orders taken from the input, `repeated` those of them that came a second time
    and were left out, `skipped` those that `resume_only` left out, `in_flight` those being sent or
    next in turn, `unresolved` those being reconciled. `rate` is created orders a second,
    without replayed ones. `paused` says that requests fail, and one probe at a time is sent.
    """

    started: int = 0
    created: int = 0
    adopted: int = 0
    replayed: int = 0
    rejected: int = 0
    unknown: int = 0
    repeated: int = 0
    skipped: int = 0
    in_flight: int = 0
    unresolved: int = 0
    rate: float = field(default=0.0, eq=False)
    paused: bool = False

    def count(self, outcome: Outcome) -> None:
        """Count an outcome."""
        match outcome:
            case Created():
                self.created += 1
                self.adopted += outcome.adopted
                self.replayed += outcome.replayed
            case Rejected():
                self.rejected += 1
            case Unknown():
                self.unknown += 1

    @property
    def finished(self) -> int:
        """Orders that have their outcome."""
        return self.created + self.rejected + self.unknown
