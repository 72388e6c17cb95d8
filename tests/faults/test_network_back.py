"""A network that comes back: what was given up must not arrive any more."""

import pytest
from faults.batches import Batch
from faults.simulation import Simulation
from faults.virtual_time import run

# seconds: long enough that the kernel's next try comes after the window of reconciliation
DOWN = [14.0, 16.0, 19.0, 21.0, 24.0]
REFERENCES = [f"ref-{number}" for number in range(30)]


def wrongs_of(folder, down, *, resets):
    async def simulate():
        simulation = Simulation()
        simulation.link.resets = resets
        for reference in REFERENCES:
            simulation.intend(reference, [])
        simulation.link.down_until = simulation.time.now() + down
        await Batch(simulation, folder, REFERENCES).run()
        simulation.server.catch_up(simulation.time.now() + 7_200)
        return simulation.wrongs()

    return run(simulate, backend="asyncio")


@pytest.mark.parametrize("down", DOWN)
def test_a_connection_that_was_reset_delivers_nothing(tmp_path, down):
    assert wrongs_of(tmp_path, down, resets=True) == []


def test_a_connection_that_was_closed_instead_is_caught(tmp_path):
    found = [
        wrong
        for down in DOWN
        for wrong in wrongs_of(tmp_path / str(down), down, resets=False)
        if "made twice" in wrong
    ]
    assert found
