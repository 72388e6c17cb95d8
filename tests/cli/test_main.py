import os
import sys

import pytest

import gelato_async
from gelato_async import cli
from gelato_async.cli import __main__ as entry, dispatch

WITHOUT = (
    "import sys; sys.modules[{0!r}] = None; from gelato_async.cli.__main__ import main;"
    " sys.exit(main({1!r}))"
)

LISTING_MODULES = (
    "import sys; from gelato_async.cli.__main__ import main; main(sys.argv[1:]);"
    " print(*sys.modules, file=sys.stderr)"
)


def test_version(command):
    assert command("--version").out == f"{gelato_async.__version__}\n"


@pytest.mark.parametrize(
    "name", ["sample", "check", "submit", "status", "reconcile", "sandbox", "demo"]
)
def test_help_names_every_command(command, name):
    assert name in command("--help").out
    result = command(name, "--help")
    assert result.code == 0
    assert f"Usage: gelato-async {name}" in result.out


@pytest.mark.parametrize("module", ["cyclopts", "rich"])
def test_without_the_extra_one_line_names_it(process, module):
    result = process(python=("-c", WITHOUT.format(module, ["--help"])))
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode().splitlines() == [
        f'gelato-async: the command line needs {module}: pip install "gelato-async[cli]"'
    ]


@pytest.mark.parametrize("module", ["uvicorn", "h11"])
def test_without_the_sandbox_extra_one_line_names_it(process, module):
    result = process(python=("-c", WITHOUT.format(module, ["sandbox", "--port", "0"])), input=b"")
    assert (result.returncode, result.stdout) == (2, b"")
    assert 'pip install "gelato-async[sandbox]"' in result.stderr.decode()
    assert result.stderr.count(b"\n") == 1


def forget_commands(monkeypatch):
    """Let the command line import its commands again."""
    for name in ("app", "dispatch"):
        monkeypatch.delattr(cli, name)
        monkeypatch.delitem(sys.modules, f"gelato_async.cli.{name}")


def test_a_missing_extra_is_noticed_in_this_process_too(command, monkeypatch):
    forget_commands(monkeypatch)
    monkeypatch.setitem(sys.modules, "cyclopts", None)
    assert 'pip install "gelato-async[cli]"' in command("--help").err


def test_a_module_of_our_own_that_is_missing_is_no_missing_extra(command, monkeypatch):
    forget_commands(monkeypatch)
    monkeypatch.setitem(sys.modules, "gelato_async.files.bounded_lines", None)
    with pytest.raises(ModuleNotFoundError):
        command("--help")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_the_page_of_all_commands_imports_none_of_them(process, arguments):
    result = process(*arguments, python=("-c", LISTING_MODULES))
    assert b"Usage: gelato-async COMMAND" in result.stdout
    found = result.stderr.decode().split()
    rooms = {name.split(".")[1] for name in found if name.startswith("gelato_async.")}
    assert rooms <= {"_version", "cli", "files", "models"}
    commands = {name for name in found if name.count(".") > 2 and ".cli." in name}
    assert commands == set()
    assert {"httpx", "cattrs", "sqlite3", "markdown_it"} & set(found) == set()


def test_a_check_of_a_file_imports_neither_bulk_runs_nor_httpx(process, orders):
    result = process("check", orders(), python=("-c", LISTING_MODULES))
    found = set(result.stderr.decode().split())
    assert "gelato_async.cli.input.check" in found
    assert {"gelato_async.bulk", "gelato_async.client.engine", "httpx", "sqlite3"} & found == set()


def test_the_page_of_a_command_has_markdown_also_after_the_other(command):
    assert "`-` reads" not in command("check", "--help").out
    command("--help")
    assert "`-` reads" not in command("check", "--help").out


def test_the_arguments_of_the_process_are_the_default(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gelato-async", "--version"])
    assert entry.main() == 0
    assert capsys.readouterr().out


def test_ctrl_c_anywhere_is_130(command, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "run", interrupted)
    assert command("sample").code == 130


def test_a_broken_pipe_anywhere_is_quiet(command, monkeypatch, tmp_path):
    def broken(_):
        raise BrokenPipeError

    monkeypatch.setattr(dispatch, "run", broken)
    with (tmp_path / "output").open("w") as output:
        monkeypatch.setattr(entry.sys, "stdout", output)
        assert command("sample").code == 0
        os.write(output.fileno(), b"into the void")
    assert (tmp_path / "output").read_bytes() == b""
