import logging

from gelato_async import OutcomeStaysUnknown, ReconciliationAdopted
from gelato_async.cli.apis import make_client


def test_a_client_logs_possible_duplicates_and_nothing_else(caplog):
    """The commands print what becomes of an order: a log would print it twice."""
    observer = make_client("gelato", ["a-key"], None, 1.0).engine.sender.reporter.observer
    unknown = OutcomeStaysUnknown(1, 1, "orders.create", order_reference_id="r")
    found = ReconciliationAdopted(1, 1, "orders.create", "r", order_id="id-1")
    twice = ReconciliationAdopted(1, 1, "orders.create", "r", order_id="id-1", others=("id-2",))
    for event in (unknown, found, twice):
        observer.on_event(event)
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "id-2" in logged.getMessage()
