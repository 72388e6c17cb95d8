import os

import pytest

pytestmark = pytest.mark.system

pytest_plugins = ["pytester"]


def test_the_suite_passes_as_it_stands(write, pytester, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GELATO_")]:
        monkeypatch.delenv(name)
    folder = write("testing", "fastapi")
    monkeypatch.syspath_prepend(folder)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function")
    plugins = [
        "-p",
        "no:gelato_async",
        "-p",
        "gelato_async.pytest_plugin",
        "-p",
        "no:cacheprovider",
    ]
    result = pytester.runpytest_inprocess(
        *plugins, "-p", "no:hypothesispytest", "-W", "error", folder
    )
    result.assert_outcomes(passed=6)
