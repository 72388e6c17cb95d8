import shutil
from itertools import count

import pytest


@pytest.fixture
def state_file(tmp_path):
    return tmp_path / "sandbox.sqlite"


@pytest.fixture
def keep(serve, state_file):
    """Serve an application with a state file."""
    return lambda **options: serve(state_file=state_file, **options)


@pytest.fixture
def kill(serve, tmp_path):
    """Serve what a killed sandbox would leave: its files as they are now, in another place."""
    numbers = count()

    def again(api, **options):
        left = tmp_path / f"left-{next(numbers)}.sqlite"
        file = api.app.state_file
        for suffix in ("", "-wal"):
            shutil.copy(f"{file}{suffix}", f"{left}{suffix}")
        return serve(state_file=left, **options)

    return again
