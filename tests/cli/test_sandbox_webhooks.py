import pytest

from gelato_async.cli import sandbox as serve


def test_the_options_of_webhooks_reach_the_sandbox(command, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    options = (
        "--webhook-url http://127.0.0.1:8000/hooks --webhook-retry-seconds 0.5 --webhook-duplicates"
        " 0.25"
    )
    code = command(
        "sandbox", *options.split(), "--webhook-shuffle", "--webhook-header", "X-Shop: a: b"
    ).code
    sandbox = seen["sandbox"]
    assert code == 0
    assert sandbox.webhook_url == "http://127.0.0.1:8000/hooks"
    assert sandbox.webhook_header == ("X-Shop", "a: b")
    assert (sandbox.webhook_retry_seconds, sandbox.webhook_duplicates, sandbox.webhook_shuffle) == (
        0.5,
        0.25,
        True,
    )


def test_without_them_there_are_no_webhooks(command, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    assert command("sandbox").code == 0
    assert (seen["sandbox"].webhook_url, seen["sandbox"].webhook_header) == (None, None)


def test_the_value_of_the_header_comes_from_the_environment(command, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        serve.Sandbox, "run", lambda sandbox, on_started: seen.update(sandbox=sandbox)
    )
    monkeypatch.setenv("GELATO_WEBHOOK_SECRET", "hush: hush")
    assert command("sandbox", "--webhook-header", "X-Shop").code == 0
    assert seen["sandbox"].webhook_header == ("X-Shop", "hush: hush")
    assert command("sandbox", "--webhook-header", "X-Shop: a").code == 0
    assert seen["sandbox"].webhook_header == ("X-Shop", "a")


def test_a_header_without_a_value_names_the_variable(command):
    result = command("sandbox", "--webhook-header", "X-Shop")
    assert result.code == 2
    assert "set GELATO_WEBHOOK_SECRET" in result.err
    assert "GELATO_WEBHOOK_SECRET" in command("sandbox", "--help").out


@pytest.mark.parametrize(
    "options",
    [
        ("--webhook-url", "nowhere"),
        ("--webhook-header", "kept-secret"),
        ("--webhook-header", ": kept-secret"),
        ("--webhook-duplicates", "2"),
    ],
)
def test_options_that_make_no_sense_are_one_line(command, options):
    result = command("sandbox", *options)
    assert result.code == 2
    assert result.err.startswith("gelato-async: ")
    assert result.err.count("\n") == 1
    assert "kept-secret" not in result.err
