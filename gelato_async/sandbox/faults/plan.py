"""A plan of faults, from a file or from values, and the seeded injector that decides by it."""

import json
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, Self

import attrs

from gelato_async.sandbox.faults.fault import Fault, FaultPlanError, suggestion
from gelato_async.sandbox.routes import ROUTES


def _as_tuple(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(faults)


@attrs.frozen
class FaultPlan:
    """Faults of which a request meets at most one: counted faults first, the others by their share.

    The same seed and the same sequence of requests lead to the same faults; the plan itself holds
    no state. Only requests that pass the key check and the rate limiter meet a fault.

    Args:
        faults: The faults. The shares of all faults for one route must not add up to more than 1.
        seed: The seed of the random numbers that the shares are compared with.
    """

    faults: tuple[Fault, ...] = attrs.field(converter=_as_tuple)
    seed: int = 0

    def __attrs_post_init__(self) -> None:
        for route in ROUTES:
            total = 0.0
            for fault in self.faults:
                if fault.matches(route):
                    total += fault.share or 0.0
            # Sums of decimal shares may exceed 1 by a rounding error.
            if total > 1 + 1e-9:
                raise FaultPlanError(
                    f"share: the shares for {route} add up to {total:g}, more than 1"
                )

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a plan from a .json or .toml file.

        The file has a `seed`, and `faults`: a list of tables with the fields of `Fault`.

        Raises:
            FaultPlanError: The file is unreadable or invalid; the message names file, entry and
                field.
        """
        try:
            content = _parse(Path(path))
            return cls(starmap(_fault, enumerate(content["faults"])), content["seed"])
        except FaultPlanError as problem:
            raise FaultPlanError(f"{path}: {problem}") from None


class FaultInjector:
    """Decides for one run of a plan which request meets which fault."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._met: Counter[int] = Counter()

    def decide(self, route: str) -> Fault | None:
        """Return the fault that the next request to `route` meets, if any."""
        counted: Fault | None = None
        shared: list[Fault] = []
        for number, fault in enumerate(self._plan.faults):
            if not fault.matches(route):
                continue
            if fault.count is None:
                shared.append(fault)
            elif counted is None and self._met[number] < fault.count:
                self._met[number] += 1
                counted = fault
        # Drawn even if a counted fault takes precedence: whatever the counts are, the faults by
        # share fall on the same requests.
        by_share = self._draw(shared)
        return counted or by_share

    def _draw(self, faults: Sequence[Fault]) -> Fault | None:
        if not faults:
            return None
        drawn = self._random.random()
        for fault in faults:
            drawn -= fault.share or 0.0
            if drawn < 0:
                return fault
        return None


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        loads = tomllib.loads if path.suffix.lower() == ".toml" else json.loads
        content = loads(text)
    except (OSError, ValueError) as reason:
        raise FaultPlanError(f"cannot be read: {reason}") from reason
    if isinstance(content, list):
        content = {"faults": content}
    if not isinstance(content, dict):
        raise FaultPlanError("must be a table with 'seed' and 'faults'")
    return _validated_plan({"seed": 0} | content)


def _validated_plan(content: dict[str, Any]) -> dict[str, Any]:
    for key in content:
        if key not in ("seed", "faults"):
            raise FaultPlanError(f"{key}: no such key{suggestion(key, ('seed', 'faults'))}")
    if not isinstance(content.get("faults"), list):
        raise FaultPlanError("faults: must be a list")
    if type(content["seed"]) is not int:
        raise FaultPlanError(f"seed: must be an integer, not {content['seed']!r}")
    return content


def _fault(number: int, entry: Any) -> Fault:
    if not isinstance(entry, Mapping):
        raise FaultPlanError(f"faults[{number}]: must be a table, not {entry!r}")
    try:
        return Fault.from_mapping(entry)
    except FaultPlanError as problem:
        raise FaultPlanError(f"faults[{number}].{problem}") from None
