"""What a state file holds: which parts of the state, how they are saved, how they are restored."""

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Commit, Order
from gelato_async.sandbox.records import Record
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.state import Postponed, State
from gelato_async.sandbox.storage.state_file import StateFile
from gelato_async.sandbox.storage.tables import FLAG, MAPPING, MOMENT, TUPLE, Codec, Table
from gelato_async.sandbox.stores.store_products import StoreProduct, StoreVariant
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

R = TypeVar("R", bound=Record)

# Raised when a column gets another meaning; other columns change the format by themselves.
_REVISION = 2


def _write_variants(variants: tuple[StoreVariant, ...]) -> str:
    return json.dumps([attrs.asdict(variant) for variant in variants])


def _read_variants(text: str) -> tuple[StoreVariant, ...]:
    return tuple(StoreVariant(**variant) for variant in json.loads(text))


def _write_target(target: Target) -> str:
    return json.dumps([target.route, target.ids, target.prefix, dict(target.query)])


def _read_target(text: str) -> Target:
    route, ids, prefix, query = json.loads(text)
    return Target(route, tuple(ids), prefix, query)


ORDERS = Table(
    "orders", Order, row_texts=TUPLE, connected=TUPLE, refusal=TUPLE, forced_refusal=TUPLE
)
COMMITS = Table("commits", Commit, order_ids=TUPLE, at=MOMENT, is_duplicate=FLAG)
STORE_PRODUCTS = Table(
    "store_products",
    StoreProduct,
    tags=TUPLE,
    template_options=MAPPING,
    variants=Codec(_write_variants, _read_variants),
    created=MOMENT,
)
DELIVERIES = Table("deliveries", WebhookDelivery, answers=TUPLE)
POSTPONED = Table("postponed", Postponed, target=Codec(_write_target, _read_target))
TABLES: Mapping[type[Record], Table[Any]] = {
    table.record: table for table in (ORDERS, COMMITS, STORE_PRODUCTS, DELIVERIES, POSTPONED)
}
_CLOCK = "CREATE TABLE clock (row INTEGER PRIMARY KEY, real, life, wall, speed, has_webhooks)"
_SCHEMA = (_CLOCK, *(table.schema for table in TABLES.values()))
FORMAT = zlib.crc32(f"{_REVISION} {_SCHEMA}".encode()) >> 1


class SavedState:
    """A state and the file that it is saved to."""

    def __init__(self, state: State, file: StateFile) -> None:
        self._state = state
        self._file = file

    @classmethod
    def restore(cls, path: Path, state: State) -> "SavedState":
        """Restore what a file holds into a new state, which is saved to the file from then on.

        Raises:
            StateFileError: The file cannot be used.
        """
        file = StateFile(path, _SCHEMA, FORMAT)
        saved = cls(state, file)
        try:
            saved._read()
            # What was owed while the sandbox was off happens now, and delays no request.
            state.now()
            saved.save()
        except BaseException:
            file.close()
            raise
        return saved

    def save(self) -> None:
        """Write what has changed, in one transaction; if that fails it stays to be written.

        Raises:
            StateFileError: The file cannot be written to.
        """
        unsaved = self._state.unsaved
        if unsaved.is_empty:
            return
        with self._file.transaction() as connection:
            for record in unsaved.changed:
                TABLES[type(record)].write(connection, record)
            for record in unsaved.removed:
                TABLES[type(record)].delete(connection, record.row)
            self._write_clock(connection)
        unsaved.clear()

    def replace(self, state: State) -> None:
        """Empty the file, and save another state to it from now on.

        Raises:
            StateFileError: The file cannot be written to, and nothing has changed.
        """
        with self._file.transaction() as connection:
            for table in TABLES.values():
                table.clear(connection)
            # Else a restart would go on from the clock before the reset.
            connection.execute("DELETE FROM clock")
        self._state = state

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write_clock(self, connection: Connection) -> None:
        clock, has_webhooks = self._state.clock, self._state.changes is not None
        now = clock.moment()
        connection.execute(
            "REPLACE INTO clock VALUES (1, ?, ?, ?, ?, ?)",
            (now.real, now.life, now.wall, clock.speed, int(has_webhooks)),
        )

    def _read(self) -> None:
        with self._file.transaction() as connection:
            try:
                self._read_rows(connection)
            except (TypeError, ValueError, KeyError) as unexpected:
                raise self._file.damaged() from unexpected

    def _read_rows(self, connection: Connection) -> None:
        row = connection.execute("SELECT * FROM clock").fetchone()
        if row is None:
            return
        _, real, life, wall, speed, has_webhooks = row
        last = Moment(real, life, wall)
        self._state.clock.resume(last, speed)
        self._state.audit_log.started = self._state.clock.started
        self._read_shared(connection)
        self._read_accounts(connection)
        # Not before every row is read: what these changes emit gets rows of its own.
        if self._state.changes is not None:
            self._resume_changes(self._state.changes, last, skips=not has_webhooks)

    def _records(self, table: Table[R], connection: Connection) -> Iterator[R]:
        """Yield the records that the state has a place for; the others stay in the file."""
        unsaved, known = self._state.unsaved, {None, *self._state.accounts}
        for row, record in table.read(connection):
            if getattr(record, "account", None) in known:
                yield record
                # Afterwards, because what the state does with a record that is restored is no change.
                unsaved.restore(record, row)
            else:
                unsaved.skip(row)

    def _read_shared(self, connection: Connection) -> None:
        for commit in self._records(COMMITS, connection):
            self._state.audit_log.record_commit(commit)
        for delivery in self._records(DELIVERIES, connection):
            self._state.outbox.restore(delivery)
        for late in self._records(POSTPONED, connection):
            self._state.restore(late)

    def _read_accounts(self, connection: Connection) -> None:
        accounts = self._state.accounts
        for order in self._records(ORDERS, connection):
            accounts[order.account].orders[order.backend].add(order)
        for product in self._records(STORE_PRODUCTS, connection):
            accounts[product.account].store_products.add(product)

    def _resume_changes(self, changes: ChangeDetector, last: Moment, *, skips: bool) -> None:
        for account in self._state.accounts.values():
            for order in account.orders["gelato"].by_id.values():
                changes.resume_order(order, last, skips=skips)
            for product in account.store_products:
                changes.resume_product(product, last, skips=skips)
