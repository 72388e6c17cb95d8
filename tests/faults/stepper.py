"""Moves a simulation from outside: starts what runs beside each other, lets time pass, kills.

A state machine's rules are plain functions, so that time passes only when a rule says so.
"""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from attrs import define, field
from faults.batches import Batch
from faults.intentions import Intention
from faults.simulation import Simulation
from faults.virtual_time import VirtualLoop, threads_in_place

# virtual seconds after which whatever is under way must have ended
PATIENCE = 7_200.0
MEMORY = Path("/dev/shm")


@define(eq=False)
class Stepper:
    """One event loop, one simulation, at most one batch under way. `options` go to the `Simulation`."""

    options: dict[str, Any] = field(factory=dict)
    loop: VirtualLoop = field(factory=VirtualLoop)
    simulation: Simulation = field(init=False)
    batch: Batch | None = None
    creates: dict[asyncio.Task[None], Intention] = field(factory=dict)
    tasks: set[asyncio.Task[None]] = field(factory=set)
    folder: Path = field(init=False)
    _batches: int = 0
    _open: ExitStack = field(factory=ExitStack)

    def __attrs_post_init__(self) -> None:
        self.simulation = Simulation(self.loop.time, on_death=self._on_death, **self.options)
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self._open.callback(self.loop.close)
        self._open.callback(shutil.rmtree, self.folder)
        self._open.enter_context(threads_in_place())
        # it warns of the duplicates that it sees; here they are seen at the server
        logger = logging.getLogger("gelato_async")
        self._open.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)

    @property
    def is_dead(self) -> bool:
        return self.simulation.process.is_dead

    def create(self, intention: Intention, total_timeout: float | None = None) -> None:
        """Begin a create; it goes on while other things happen."""
        task = self._start(self.simulation.create(intention, total_timeout=total_timeout))
        self.creates[task] = intention
        task.add_done_callback(lambda done: self.creates.pop(done, None))

    def cancel_create(self, number: int) -> None:
        """The caller of one of the creates under way gives up."""
        task, intention = list(self.creates.items())[number % len(self.creates)]
        task.cancel()
        intention.under_way = False
        self.advance(0.0)

    def submit(self, references: Sequence[str]) -> None:
        """Begin a bulk run with a new journal."""
        self._batches += 1
        folder = self.folder / str(self._batches)
        self.batch = Batch(self.simulation, folder, list(references))
        self.resume()

    def resume(self) -> None:
        """Run the batch again, with the journal that it left."""
        self._start(self.batch.run())
        self.advance(0.0)

    def leave(self) -> None:
        """The caller of the bulk run leaves it."""
        self.loop.run_until_complete(self.batch.leave())

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def finish(self) -> None:
        """Let everything come to its end on a healthy network, with no more kills."""
        self.simulation.calm()
        if self.is_dead:
            self.simulation.start_process()
        self.simulation.process.kill_in = None
        self._wait_for_tasks()
        for _ in range(5):
            if self.batch is None or self.batch.finished:
                break
            self.resume()
            self._wait_for_tasks()
        if self.batch is not None and not self.batch.finished:
            self.simulation.breaches.append("a bulk run does not come to its end")
        self.simulation.server.catch_up(self.simulation.time.now() + PATIENCE)

    def close(self) -> None:
        """End all tasks, and leave nothing."""
        with self._open:
            for _ in range(20):
                pending = asyncio.all_tasks(self.loop)
                for task in pending:
                    task.cancel()
                if pending:
                    self.loop.run_until_complete(asyncio.wait(pending, timeout=60.0))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def _wait_for_tasks(self) -> None:
        if self.tasks:
            self.loop.run_until_complete(asyncio.wait(set(self.tasks), timeout=PATIENCE))
        if self.tasks:
            self.simulation.breaches.append("a call does not come to its end")

    def _on_death(self) -> None:
        if self.batch is not None and self.batch.is_running:
            self.batch.snapshot()
            self.batch.is_running = False
        for intention in self.creates.values():
            intention.under_way = False
        for task in self.tasks:
            task.cancel()
