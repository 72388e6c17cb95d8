"""submit_orders: the entry to a bulk run, and the `async with` block that it lives in."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import NoneType, TracebackType
from typing import Self, get_args

import anyio
from anyio.abc import TaskGroup
from attrs import frozen

from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.file import LOG_BYTES, Binding
from gelato_async.bulk.journal.reader import PathLike
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import Outcome, Progress
from gelato_async.bulk.run.run import Run
from gelato_async.bulk.run.source import Orders, Source
from gelato_async.bulk.run.unresolved_jobs import MAX_UNRESOLVED
from gelato_async.client.clients import Client
from gelato_async.models.tracebacks import hides_arguments

WORKERS = 256
GRACE = 5.0

# as `__aexit__` is given it
_EndedBy = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


@frozen(kw_only=True)
class Tuning:
    """What only tests change.

    `tick`: seconds after which `on_progress` is called though nothing happens. The others are those
    of `UnresolvedJobs` and `JournalFile`.
    """

    tick: float = 1.0
    max_unresolved: int = MAX_UNRESOLVED
    log_bytes: int = LOG_BYTES


@hides_arguments
def submit_orders(
    client: Client,
    orders: Orders,
    *,
    journal: PathLike | None = None,
    resume_only: bool = False,
    workers: int = WORKERS,
    grace: float = GRACE,
    on_progress: Callable[[Progress], None] | None = None,
) -> "Submission":
    """Submit any number of orders, each exactly once, as fast as the rate limit permits.

        async with submit_orders(client, orders) as outcomes:
            async for outcome in outcomes: ...

    `orders` is any iterable or async iterable of `NewOrder`, read as it is needed. Outcomes come in
    the order of completion: `Created`, `Rejected` or `Unknown`. A reference that comes twice is one
    order and has one outcome; with other contents the second is `Rejected`. At most `workers`
    requests are in flight. A create whose answer is lost is reconciled as `orders.create` does it,
    in batches and without holding a worker.

    `journal` is a file that lets the run be resumed, after a crash too: run again with it and the
    same orders. Orders that were made are reported again (`replayed`), those in flight are
    reconciled first, rejected ones are tried again. With `resume_only` new orders are left out.
    `on_progress` is called with each outcome, and every second.

    A journal is a set of files: beside `run.journal` stand `run.journal-mark` and, during a run or
    after a kill, `run.journal-wal`. Keep them together. If one of them is lost, cut or replaced by
    an older copy, the journal is refused, or it opens with all that was acknowledged. An older copy
    of all of them together cannot be noticed: the orders since then would be made again.
    `run.journal-lock` is empty; it keeps a second process out.

    Leaving the block early (break, an exception, a timeout, Ctrl-C) stops the sending and waits at
    most `grace` seconds for answers that are on their way; `outcomes.leftover` then holds what was
    not iterated over.

    Raises:
        AuthenticationError: the key was refused; the run stopped, and nothing is `Rejected` for it.
        JournalError: the journal is damaged, incomplete, of another account, in use, or cannot be
            written any more.
        ConnectionFailedError: not one request got through. Later on, a run waits for the connection
            to come back.
    """
    if workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    if not isinstance(client, Client):
        known = " or ".join(cls.__name__ for cls in get_args(Client))
        raise TypeError(f"client must be a {known}, not a {type(client).__name__}")
    if on_progress is not None and not callable(on_progress):
        raise TypeError(
            "on_progress must be a function that takes a Progress, not a"
            f" {type(on_progress).__name__}"
        )
    if str(journal) in {"", ".", ":memory:"} or not isinstance(journal, (str, Path, NoneType)):
        given = f"a {type(journal).__name__}"
        if isinstance(journal, str):
            given = repr(journal)
        raise ValueError(f"journal must be the path of a file, or None; not {given}")
    return Submission(
        client,
        orders,
        journal=journal,
        resume_only=resume_only,
        workers=workers,
        grace=grace,
        on_progress=on_progress,
    )


class Submission:
    """A bulk run: iterate over it once, inside its `async with` block.

    Made by `submit_orders`, which checks the arguments.
    """

    def __init__(
        self,
        client: Client,
        orders: Orders,
        *,
        journal: PathLike | None = None,
        resume_only: bool = False,
        workers: int = WORKERS,
        grace: float = GRACE,
        on_progress: Callable[[Progress], None] | None = None,
        tuning: Tuning = Tuning(),
    ) -> None:
        self._client = client
        self._orders = orders
        self._workers = workers
        self._grace = grace
        self._path = journal
        self._resume_only = resume_only
        self._on_progress = on_progress
        self._tuning = tuning
        self._run: Run | None = None
        self._group: TaskGroup | None = None

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        if self._run is None:
            return Progress()
        return self._run.progress()

    @property
    def leftover(self) -> tuple[Outcome, ...]:
        """After an early end: outcomes that were not iterated over.

        What was sent without an answer is `Unknown`.
        """
        if self._run is None:
            return ()
        return self._run.leftover()

    async def __aenter__(self) -> Self:
        if self._group is not None:
            raise RuntimeError("a submission runs once: call submit_orders() again")
        engine = self._client.engine
        source = Source(self._orders)
        journal = await JournalWriter.open(
            self._path, Binding.of(engine.backend), self._tuning.log_bytes
        )
        self._group = await anyio.create_task_group().__aenter__()
        self._run = Run(
            engine,
            source,
            journal,
            self._group,
            self._workers,
            self._resume_only,
            self._tuning.max_unresolved,
        )
        self._run.start()
        if self._on_progress is not None:
            self._group.start_soon(self._report_progress, self._run, self._on_progress)
        return self

    async def _report_progress(self, run: Run, report: Callable[[Progress], None]) -> None:
        while True:
            await self._client.engine.clock.sleep(self._tuning.tick)
            try:
                report(run.progress())
            except Exception as failure:  # noqa: BLE001  the caller's own, raised at the end
                run.state.stop(failure)
                return

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome:
        run = self._run
        if run is None:
            raise RuntimeError(
                "iterate inside the block: async with submit_orders(...) as outcomes"
            )
        if run.state.leaving:
            raise RuntimeError("the block was left: what was not iterated over is in `leftover`")
        outcome = await run.outcome_queue.get()
        try:
            if self._on_progress is not None:
                self._on_progress(run.progress())
        except BaseException:
            if outcome is not None:
                run.outcome_queue.put_back(outcome)
            raise
        if outcome is not None:
            return outcome
        # the outcomes are durable then; a journal that fails has stopped the run
        with suppress(JournalError):
            await run.journal.barrier()
        if run.state.failure is not None:
            raise run.state.failure
        raise StopAsyncIteration

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._run is None or self._group is None:
            return
        self._run.leave()
        try:
            with anyio.move_on_after(self._grace, shield=True):
                await self._run.idle()
        except anyio.get_cancelled_exc_class() as second:
            # asyncio's own cancel goes through shields: the caller does not want to wait
            kind, error, traceback = type(second), second, second.__traceback__
            raise
        finally:
            self._run.cancel()
            await self._end_group(self._group, self._run, (kind, error, traceback))

    async def _end_group(self, group: TaskGroup, run: Run, ended_by: _EndedBy) -> None:
        # any other exception is the caller's own, and not to come out as one of the group
        if not isinstance(ended_by[1], anyio.get_cancelled_exc_class()):
            ended_by = (None, None, None)
        try:
            await group.__aexit__(*ended_by)
        finally:
            run.forget_unsent()
            await run.journal.aclose()
