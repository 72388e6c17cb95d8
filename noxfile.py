"""What is run on this project: tests, checks, the demo, benchmarks. `nox --list` names them.

No session asks for a certain Python.
"""

import os

import nox

nox.options.sessions = ["tests", "lint", "types"]
nox.options.error_on_missing_interpreters = False

PROJECT = nox.project.load_toml("pyproject.toml")
# a worker that runs out of tests takes some of another's
SHARED = ("--dist", "worksteal")
WORKERS = ("-n", "auto", *SHARED)
# more workers than cores: many of these tests wait, for a process or for a window to pass
MANY_WORKERS = ("-n", str(2 * (os.cpu_count() or 1)), *SHARED)
# workers and child processes import what the first has compiled
CACHED = {"PYTHONDONTWRITEBYTECODE": None}


def group(name: str) -> list[str]:
    """The requirements of a dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


@nox.session
def demo(session: nox.Session) -> None:
    """Submit 1,000 orders to each API's stand-in, with faults, and count what arrived."""
    session.install(".[all]")
    session.run("gelato-async", "demo", *session.posargs)


@nox.session
def fast(session: nox.Session) -> None:
    """Run the tests that need no process and no real time: under two minutes on two cores."""
    session.install("-e", ".[all]", *group("tests"))
    session.run("pytest", "-m", "not system", *WORKERS, *session.posargs, env=CACHED)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the fast tests on the lowest versions that `pyproject.toml` allows, all at once."""
    # pip only ever takes the highest
    session.install("uv>=0.5")
    install = ("uv", "pip", "install", "--resolution", "lowest-direct")
    session.run(*install, "-e", ".[all]", *group("tests"))
    session.run("pytest", "-m", "not system", *WORKERS, *session.posargs, env=CACHED)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, on asyncio and trio, and hold the coverage to its bounds."""
    session.install("-e", ".[all]", *group("tests"), *group("browser"))
    session.run("coverage", "erase")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("pytest", "-m", "not system", "--cov", "--cov-report=", *WORKERS, env=CACHED)
    # without coverage, which would make many thousands of cases take twice as long
    session.run("pytest", "-m", "system", *MANY_WORKERS, env=CACHED)
    session.run("coverage", "report", "--fail-under=95")
    session.run("coverage", "report", "--fail-under=100", "--include=*/core/*,*/backends/*")


@nox.session
def soak(session: nox.Session) -> None:
    """Search for broken promises with so many new seeds of the fault suite: `-- 5000`."""
    session.install("-e", ".[all]", *group("tests"))
    examples = session.posargs[0] if session.posargs else "2000"
    session.run("pytest", "tests/faults", *WORKERS, env={**CACHED, "FAULT_EXAMPLES": examples})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, and who imports whom."""
    session.install("-e", ".[all]", *group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types inside, and that all public ones are known."""
    session.install("-e", ".[all]", *group("types"))
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "gelato_async", "--ignoreexternal")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside what a user would take instead; `-- --quick` compares with the bounds."""
    session.install(".[all]", *group("bench"))
    session.run("python", "benchmarks/run.py", *session.posargs, env=CACHED)
