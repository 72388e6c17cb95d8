import shutil
from itertools import count

import pytest


@pytest.fixture
def state_file(tmp_path):
    return tmp_path / "sandbox.sqlite"


@pytest.fixture
def keep(serve, state_file):
    """Serve an application with a state file, and close it at the end."""
    apis = []

    def kept(**options):
        apis.append(serve(**{"state_file": state_file} | options))
        return apis[-1]

    yield kept
    for api in apis:
        api.app.close()


@pytest.fixture
def kill(keep, tmp_path):
    """Serve what a killed sandbox would leave: its files as they are now, in another place."""
    numbers = count()

    def again(api, **options):
        left = tmp_path / f"left-{next(numbers)}.sqlite"
        file = api.app.state_file
        for suffix in ("", "-wal"):
            shutil.copy(f"{file}{suffix}", f"{left}{suffix}")
        return keep(state_file=left, **options)

    return again
