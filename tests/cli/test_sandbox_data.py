"""`gelato-async sandbox --data` and `--write-data`: data of the user's own."""

import json

import pytest

from gelato_async.cli import sandbox as serve
from gelato_async.sandbox import SandboxData


@pytest.fixture
def started(monkeypatch):
    """The sandboxes that were started, without serving."""
    found = []
    monkeypatch.setattr(serve.Sandbox, "run", lambda sandbox, on_started: found.append(sandbox))
    return found


def test_what_is_written_can_be_changed_and_given_back(command, started, tmp_path):
    folder = tmp_path / "mine"
    result = command("sandbox", "--write-data", folder)
    assert (result.code, result.err) == (0, "")
    files = result.out.splitlines()
    assert str(folder / "shipment-methods.toml") in files
    assert sorted(files) == sorted(map(str, folder.iterdir()))
    assert started == []
    with (folder / "stores.toml").open("a") as stores:
        stores.write('\n[[stores]]\nid = "harbour"\n')
    assert command("sandbox", "--data", folder).code == 0
    (sandbox,) = started
    assert [store.id for store in sandbox.data.stores] == ["harbour"]
    assert sandbox.data.catalogs == SandboxData.built_in().catalogs


def test_own_data_can_be_written_too(command, tmp_path):
    (tmp_path / "own.json").write_text(json.dumps({"stores": [{"id": "harbour"}]}))
    assert command("sandbox", "--data", "own.json", "--write-data", "mine").code == 0
    assert SandboxData.from_path("mine") == SandboxData.from_path("own.json")


def test_no_file_is_overwritten(command, tmp_path):
    (tmp_path / "currencies.toml").touch()
    result = command("sandbox", "--write-data", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert "currencies.toml: exists already; choose another folder" in result.err
    assert result.err.count("\n") == 1


def test_each_problem_of_the_data_is_one_line(command, started, tmp_path):
    (tmp_path / "own.toml").write_text('[[stores]]\nid = 3\nacount = "a"\n')
    result = command("sandbox", "--data", "own.toml")
    assert result.code == 2
    assert result.err.splitlines() == [
        "gelato-async: own.toml: stores[0].id: must be a text, not a whole number",
        "gelato-async: own.toml: stores[0].acount: no such key; did you mean 'account'?",
    ]
    assert command("sandbox", "--data", "own.toml", "--write-data", "mine").code == 2
    assert started == []
    assert not (tmp_path / "mine").exists()
