"""Runs the command that a command line names."""

from collections.abc import Sequence

from cyclopts import CycloptsError

from gelato_async.cli.app import app
from gelato_async.cli.console import CommandError, spared_imports
from gelato_async.models.tracebacks import hides_arguments


@hides_arguments
def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name, and return its exit code.

    Raises:
        CommandError: the arguments are wrong, or the command cannot do what they ask.
    """
    if arguments and not arguments[0].startswith("-"):
        return _run(arguments)
    # the overview, which has no Markdown in it: the parser would be half of what it imports
    app.help_format = "plaintext"
    try:
        with spared_imports():
            return _run(arguments)
    finally:
        app.help_format = None


@hides_arguments
def _run(arguments: Sequence[str]) -> int:
    try:
        # cyclopts raises instead of printing and exiting: __main__ prints all errors alike
        code: int | None = app(
            list(arguments), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        chain = error.command_chain or ()
        raise CommandError(f"{error} See {' '.join(['gelato-async', *chain])} --help") from error
    return code or 0
