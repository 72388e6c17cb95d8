"""All benchmarks, one after the other, each in a process of its own: what `nox -s bench` runs.

    python benchmarks/run.py [--quick] [--write-bounds] [MODULE ...]

A whole run takes less than 15 minutes and rewrites RESULTS.md, and the README's table of figures
that it holds. With --quick it takes less than two,
writes nothing, and fails where a ratio is above its bound in bounds.toml. A benchmark with such a
row is measured up to twice more, and each row's best median counts: a machine that is busy for a
moment is no regression. --write-bounds sets the bounds to 1.5 times of what this run has reached.
Where a row is beside a figure in seconds, which depends on the machine, it has no bound.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from measure import SLACK, Result

HERE = Path(__file__).parent
BOUNDS = HERE / "bounds.toml"
RESULTS = HERE / "RESULTS.md"
README = HERE.parent / "README.md"
# the rows that the README shows, and how it calls them
FIGURES = {
    "create.httpx.1": "a typed `orders.create`, one after the other",
    "aiohttp_call.httpx.1": "the same on `AiohttpTransport`",
    "decode.full-order": "reading a full order of 9 KB, with the extra `orjson`",
    "bulk.order-by-hand": "an order of a bulk run with its journal, the network taken out",
    "start.client": "the import and a client; the rest follows with its first use",
}
FIGURES_BEGIN, FIGURES_END = "<!-- figures: nox -s bench -->\n", "<!-- end of figures -->"
# in the order of the table
MODULES = (
    "create",
    "aiohttp_call",
    "sdk_tax",
    "decode",
    "prepare",
    "bulk",
    "check",
    "start",
    "clients",
    "limiter",
    "sandbox",
)
# the benchmarks that have pictures for a result
PICTURES = ("connections",)
PACKAGES = (
    "gelato-async",
    "httpx",
    "httpx2",
    "aiohttp",
    "pydantic",
    "orjson",
    "attrs",
    "cattrs",
    "anyio",
    "aiolimiter",
    "pyrate-limiter",
    "openai",
    "stripe",
)
TRIES = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="compare with the bounds")
    parser.add_argument("--write-bounds", action="store_true", help="set the bounds anew")
    parser.add_argument("modules", nargs="*", help="these benchmarks alone")
    options = parser.parse_args()
    unknown = set(options.modules) - {*MODULES, *PICTURES}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    missing = [name for name in PACKAGES if find_spec(name.replace("-", "_")) is None]
    if missing:
        parser.error(f"not installed: {', '.join(missing)}; pip install -e '.[all]' --group bench")
    if options.quick:
        sys.exit(check_bounds(options.modules or MODULES))
    run_all(options.modules, write_bounds=options.write_bounds)


def run_all(modules: Sequence[str], *, write_bounds: bool) -> None:
    """Run the benchmarks; a run of all of them is written to RESULTS.md."""
    results = [found for name in modules or (*MODULES, *PICTURES) for found in run_module(name)]
    if write_bounds:
        bounds = {} if not modules else read_bounds()
        bounds |= {found.key: found.bound for found in results if found.bound is not None}
        save_bounds(bounds)
    if not modules:
        RESULTS.write_text(page_of(results))
        README.write_text(with_figures(README.read_text(), results))


def run_module(name: str, *options: str) -> list[Result]:
    """Run one benchmark in a process of its own, and return its rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.json")
        print(f"\n== {name}", flush=True)
        line = [sys.executable, str(HERE / f"{name}.py"), "--json", str(file), *options]
        subprocess.run(line, check=True)  # noqa: S603  our own file
        return [Result(**row) for row in json.loads(file.read_text())]


def check_bounds(modules: Sequence[str]) -> str | None:
    """Measure quickly; return what is wrong."""
    bounds = read_bounds()
    wrong = []
    for name in modules:
        best: dict[str, float] = {}
        for _ in range(TRIES):
            for found in run_module(name, "--quick"):
                if found.bound is None:
                    continue
                best[found.key] = min(found.ratio, best.get(found.key, found.ratio))
            if all(ratio <= bounds.get(key, 0.0) for key, ratio in best.items()):
                break
        for key, ratio in best.items():
            if key not in bounds:
                wrong.append(f"{key} has no bound: see --write-bounds")
            elif ratio > bounds[key]:
                wrong.append(f"{key} is {ratio:.2f} times its peer; at most {bounds[key]} is right")
    return "\n".join(wrong) or None


def read_bounds() -> dict[str, float]:
    return tomllib.loads(BOUNDS.read_text())


def save_bounds(bounds: dict[str, float]) -> None:
    head = f"# The greatest ratio of each row that is no regression: {SLACK} times of what was reached."
    lines = [f'"{key}" = {bound}' for key, bound in bounds.items()]
    BOUNDS.write_text("\n".join([head, *lines, ""]))


def page_of(results: Sequence[Result]) -> str:
    """Return the text of RESULTS.md."""
    lines = [
        "# Results of the benchmarks",
        "",
        "Written by `nox -s bench`. Ratios are ours / the other's: the median of the ratios of",
        "interleaved pairs (not the ratio of the medians), in brackets the least and the greatest.",
        "They hold on other machines, the other figures do not. *Wanted* is the ratio that the",
        "project set itself before it measured.",
        "",
        machine(),
        "",
        "| what | beside | ours | the other | ratio | wanted |",
        "|---|---|---|---|---|---|",
    ]
    lines += [line_of(found) for found in results]
    notes = [f"- **{found.what}**: {found.note}" for found in results if found.note]
    if notes:
        lines += ["", "## Notes", "", *notes]
    return "\n".join([*lines, ""])


def line_of(found: Result) -> str:
    reached = "" if found.ratio <= found.reach else " (not reached)"
    cells = (
        found.what,
        found.against,
        f"{figure(found.ours)} {found.unit}",
        f"{figure(found.peer)} {found.unit}",
        f"**{found.ratio:.2f}** ({found.low:.2f}-{found.high:.2f})",
        f"≤ {found.reach:g}{reached}",
    )
    return f"| {' | '.join(cells)} |"


def with_figures(page: str, results: Sequence[Result]) -> str:
    """Put the figures that the README shows into its text."""
    rows = {found.key: found for found in results}
    lines = ["| what | takes | beside | ratio |", "|---|---|---|---|"]
    for key, name in FIGURES.items():
        found = rows[key]
        took = f"{figure(found.ours)} {found.unit}"
        lines.append(f"| {name} | {took} | {found.against} | **{found.ratio:.2f}** |")
    before, _, rest = page.partition(FIGURES_BEGIN)
    _, _, after = rest.partition(FIGURES_END)
    return "\n".join([before + FIGURES_BEGIN, *lines, "", FIGURES_END + after])


def figure(value: float) -> str:
    """Write a number with three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> str:
    """Say on what, with what and when this was measured."""
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    day = datetime.now(UTC).date().isoformat()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores = f"{os.cpu_count()} cores of {processor()}"
    return f"{day}, {cores}, {platform.system()}, {python}; {', '.join(versions)}."


def processor() -> str:
    names = Path("/proc/cpuinfo")
    if names.exists():
        for line in names.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
