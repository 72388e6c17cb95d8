"""The state file itself: whose it is, and what is reported where it cannot be used."""

import os
import sqlite3
import stat

import httpx
import pytest

from gelato_async.sandbox import Sandbox, SandboxApp, SandboxError, StateFileError
from gelato_async.sandbox.storage.state_file import APPLICATION

KEY = {"X-API-KEY": "sandbox-key"}


def refusal(path):
    with pytest.raises(StateFileError) as refused:
        SandboxApp(state_file=path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_one_sandbox_at_a_time_has_it(state_file):
    app = SandboxApp(state_file=state_file)
    assert "another sandbox has it open" in refusal(state_file)
    app.close()
    again = SandboxApp(state_file=state_file)
    assert "another sandbox has it open" in refusal(state_file)
    again.close()


def test_a_refused_sandbox_leaves_the_lock_to_the_first(state_file):
    app = SandboxApp(state_file=state_file)
    refusal(state_file)
    refusal(state_file)
    app.close()


def test_a_text_is_not_a_state_file(state_file):
    state_file.write_text("a shopping list\n" * 100)
    assert "not a state file" in refusal(state_file)
    assert state_file.read_text().startswith("a shopping list")


def test_another_database_is_not_a_state_file(state_file):
    connection = sqlite3.connect(state_file)
    connection.execute("CREATE TABLE cats (name)")
    connection.close()
    before = state_file.read_bytes()
    assert "not a state file" in refusal(state_file)
    assert state_file.read_bytes() == before


def test_an_empty_file_becomes_one(state_file):
    state_file.touch()
    SandboxApp(state_file=state_file).close()
    connection = sqlite3.connect(state_file)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    connection.close()


def test_another_version_wrote_it(state_file):
    SandboxApp(state_file=state_file).close()
    connection = sqlite3.connect(state_file)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    assert "another version" in refusal(state_file)


@pytest.mark.parametrize("damage", ["UPDATE clock SET speed = 'fast'", "DROP TABLE commits"])
def test_contents_that_no_sandbox_wrote_are_damage(state_file, damage):
    app = SandboxApp(state_file=state_file)
    app.advance(1)
    app.close()
    connection = sqlite3.connect(state_file, isolation_level=None)
    connection.execute(damage)
    connection.close()
    assert str(state_file) in refusal(state_file)


def test_damaged_pages_are_reported(state_file):
    app = SandboxApp(state_file=state_file)
    app.advance(1)
    app.close()
    content = bytearray(state_file.read_bytes())
    content[200:] = b"\xff" * (len(content) - 200)
    state_file.write_bytes(content)
    assert "damaged" in refusal(state_file)


def test_a_folder_is_not_a_file(tmp_path):
    assert "cannot be opened" in refusal(tmp_path)


def test_its_folder_must_exist(tmp_path):
    assert "cannot be made" in refusal(tmp_path / "nowhere" / "sandbox.sqlite")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_its_owner_may_read_it(state_file):
    SandboxApp(state_file=state_file).close()
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_an_empty_file_becomes_private(state_file):
    state_file.touch()
    state_file.chmod(0o644)
    app = SandboxApp(state_file=state_file)
    app.advance(1)
    # The log beside it, whose permissions are the file's.
    assert {stat.S_IMODE(file.stat().st_mode) for file in state_file.parent.iterdir()} == {0o600}
    app.close()


def test_a_file_that_cannot_be_private_is_refused(state_file, monkeypatch):
    def forbidden(*_):
        raise PermissionError(1, "Operation not permitted")

    state_file.touch()
    monkeypatch.setattr(type(state_file), "chmod", forbidden)
    assert "its permissions cannot be set: Operation not permitted" in refusal(state_file)


def test_a_sandbox_has_it_only_while_it_runs(state_file, order):
    first, second = Sandbox(state_file=state_file), Sandbox(state_file=state_file)
    with first:
        httpx.post(f"{first.url}/v4/orders", json=order(), headers=KEY)
        with pytest.raises(SandboxError, match="another sandbox has it open"):
            second.__enter__()
    assert first.audit().commits == 1
    with second:
        assert second.audit().commits == 1
        second.reset()
    with first:
        assert first.audit().commits == 0


def test_the_file_is_one_file_when_the_sandbox_has_ended(state_file, order):
    with Sandbox(state_file=state_file) as sandbox:
        httpx.post(f"{sandbox.url}/v4/orders", json=order(), headers=KEY)
    assert list(state_file.parent.iterdir()) == [state_file]


def test_a_port_that_is_taken_leaves_the_file_alone(state_file):
    with Sandbox() as other:
        taken = Sandbox(state_file=state_file, port=int(other.url.rpartition(":")[2]))
        with pytest.raises(SandboxError, match="Cannot listen"):
            taken.__enter__()
    assert not state_file.exists()


@pytest.mark.anyio
async def test_a_full_disk_refuses_requests_until_there_is_room(keep, kill, order):
    api = keep()
    made = (await api.gelato.post("orders", json=order())).json()
    connection = api.app._lock.saved._file._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    answers = [await api.gelato.post("orders", json=order(f"r{n}")) for n in range(20)]
    (*_, refused) = answers
    assert refused.status_code == 500
    assert "the disk is full" in refused.json()["message"]
    control = await api.nobody.get("/_sandbox/audit")
    assert (control.status_code, control.json()["code"]) == (500, "INTERNAL_SERVER_ERROR")
    kept = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    left = kill(api)
    for order_id in [made["id"], *kept]:
        assert (await left.gelato.get(f"orders/{order_id}")).status_code == 200
    assert left.app.audit().commits == 1 + len(kept)
    connection.execute("PRAGMA max_page_count = 1000000")
    # The first that was refused took effect, the others were refused before that.
    assert api.app.audit().commits == 2 + len(kept)
    assert kill(api).app.audit().commits == 2 + len(kept)
