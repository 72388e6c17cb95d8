"""The parts of docs/architecture.md that are printed from the code: each is a named block."""

import re
import tomllib
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path

from gelato_async.bulk.run.jobs import MOVES, JobState
from gelato_async.core.operations.base import Kind
from gelato_async.core.reconciliation import DECISIONS
from gelato_async.core.retry import Delivery, Step, next_step

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/architecture.md"
SANDBOX = "sandbox"


def rooms() -> str:
    """The rooms and what each may import, drawn from the import contracts.

    What another arrow leads to is left out: `a -> b -> c` says that `a` may import `c` too.
    """
    floors = _floors()
    allowed = _allowed_imports(floors)
    lines = ["```mermaid", "flowchart TD"]
    for number, floor in enumerate(floors):
        lines.append(f'    subgraph floor{number}[" "]')
        lines += [f"        {room}" for room in floor]
        lines.append("    end")
    for start, end in sorted(allowed):
        through = [room for room in _rooms(floors) if {(start, room), (room, end)} <= allowed]
        if not through:
            lines.append(f"    {start} --> {end}")
    return "\n".join([*lines, "```"])


def _contracts(kind: str) -> list[Mapping[str, list[str]]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return [contract for contract in contracts if contract["type"] == kind]


def _room(module: str) -> str:
    return module.strip().removeprefix("gelato_async.")


def _floors() -> list[list[str]]:
    (contract,) = _contracts("layers")
    return [[_room(module) for module in floor.split("|")] for floor in contract["layers"]]


def _rooms(floors: list[list[str]]) -> list[str]:
    return [*(room for floor in floors for room in floor), SANDBOX]


def _allowed_imports(floors: list[list[str]]) -> set[tuple[str, str]]:
    forbidden = set()
    for contract in _contracts("forbidden"):
        pairs = product(contract["source_modules"], contract["forbidden_modules"])
        forbidden |= {(_room(start), _room(end)) for start, end in pairs}
    allowed = set()
    for number, floor in enumerate(floors):
        below = {room for lower in floors[number + 1 :] for room in lower}
        allowed |= set(product(floor, below | {SANDBOX}))
    return allowed - forbidden


def retry_table() -> str:
    """What follows a failed attempt, by its delivery and the kind of its operation."""
    heads = " | ".join(f"`{kind.name}`" for kind in Kind)
    lines = [f"| what became of the attempt | {heads} |", "|---" * (len(Kind) + 1) + "|"]
    for delivery in Delivery:
        first, repeated = _steps(delivery, sent_before=False), _steps(delivery, sent_before=True)
        lines.append(f"| `{delivery.name}`: {delivery.value} | {first} |")
        if repeated != first:
            condition = "where an earlier attempt may have taken effect"
            lines.append(f"| `{delivery.name}` {condition} | {repeated} |")
    lines += ["", "The columns are the kinds of operations:", ""]
    lines += [f"- `{kind.name}`: {kind.value}" for kind in Kind]
    lines += ["", "The cells are the steps:", ""]
    lines += [f"- **{_cell(step)}**: {step.value}" for step in Step]
    return "\n".join(lines)


def _steps(delivery: Delivery, *, sent_before: bool) -> str:
    steps = [next_step(kind, delivery, sent_before=sent_before) for kind in Kind]
    return " | ".join(f"**{_cell(step)}**" for step in steps)


def _cell(step: Step) -> str:
    return step.name.lower().replace("_", " ")


def decision_table() -> str:
    """Whose order a hit of a search is: the first line that matches decides."""
    lines = ["| | what is known of the hit | so it is |", "|---|---|---|"]
    for number, decision in enumerate(DECISIONS, 1):
        lines.append(f"| {number} | {decision.because} | `{decision.finding.name}` |")
    return "\n".join(lines)


def job_moves() -> str:
    """The states of a job in a bulk run, and those that may follow each."""
    lines = ["| state | meaning | may become |", "|---|---|---|"]
    for state in JobState:
        followers = [f"`{other.name}`" for other in JobState if other in MOVES[state]]
        lines.append(f"| `{state.name}` | {state.value} | {', '.join(followers) or 'nothing'} |")
    return "\n".join(lines)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "rooms": rooms,
    "retry table": retry_table,
    "decision table": decision_table,
    "job moves": job_moves,
}


def renewed(page: str) -> str:
    """The page with every block as the code has it now."""
    for name, block in BLOCKS.items():
        pattern = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end -->)", re.DOTALL)
        text = block()
        page, count = pattern.subn(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)
        if count != 1:
            raise ValueError(f"{PAGE.name} has {count} blocks named {name!r}, not one")
    return page
