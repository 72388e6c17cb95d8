"""Entry point of `gelato-async` and `python -m gelato_async.cli`.

Every expected failure becomes one line and an exit code here, a missing extra included. An
unexpected one keeps its traceback.
"""

import os
import sys
from collections.abc import Sequence

from gelato_async.cli.console import (
    CommandError,
    ExitCode,
    one_line,
    print_error,
    spared_imports,
)

_EXTRA = {"cyclopts", "rich"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (by default that of this process) and return its exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except CommandError as error:
        print_error(f"gelato-async: {one_line(error)}")
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # as under `| head`: the reader has all that it wanted
        _drop_output()
        return ExitCode.FINE
    except OSError as error:
        print_error(f"gelato-async: {error.strerror or error}")
        return ExitCode.USAGE
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        # here, not above: without the extra `cli` these imports fail
        with spared_imports():
            import rich  # noqa: F401, PLC0415  used by commands, which are imported later

            from gelato_async.cli import dispatch  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise CommandError(
            f'the command line needs {package}: pip install "gelato-async[cli]"'
        ) from missing
    if arguments is None:
        arguments = sys.argv[1:]
    return dispatch.run(arguments)


def _drop_output() -> None:
    # the pipe is closed: nothing more may be written to it, not even by the interpreter as it ends
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
