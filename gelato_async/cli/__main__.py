"""Entry point of `gelato-async` and `python -m gelato_async.cli`.

Names missing extras, and shows no tracebacks.
"""

import os
import sys
from collections.abc import Sequence

from gelato_async.cli.console import CommandError, ExitCode, one_line, print_error, spare_imports

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
        _drop_output()
        return ExitCode.FINE
    except OSError as error:
        print_error(f"gelato-async: {error.strerror or error}")
        return ExitCode.USAGE
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        # needs the extra, and says so where it is missing
        from gelato_async.cli import app  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise CommandError(
            f'the command line needs {package}: pip install "gelato-async[cli]"'
        ) from missing
    spare_imports()
    return app.run(sys.argv[1:] if arguments is None else arguments)


def _drop_output() -> None:
    # Whoever read our output is gone: nothing more may be written to it, not even by the
    # interpreter as it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
