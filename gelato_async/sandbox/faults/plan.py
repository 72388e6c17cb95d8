"""A plan of faults, from a file or from values, and the seeded injector that applies it."""

import json
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import attrs

from gelato_async.sandbox.faults.fault import Fault, FaultPlanError, suggestion
from gelato_async.sandbox.routes import ROUTES


def _as_tuple(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(faults)


@attrs.frozen
class FaultPlan:
    """Faults that exclude each other: a request meets at most one, counted ones first, the others by their share.

    The same seed and the same sequence of requests give the same faults; a plan itself holds no
    state. Only requests that passed the key check and the rate limiter meet a fault.

    Args:
        faults: The faults; the shares of those that concern one route must not exceed 1 together.
        seed: For the lots that the shares are drawn by.
    """

    faults: tuple[Fault, ...] = attrs.field(converter=_as_tuple)
    seed: int = 0

    def __attrs_post_init__(self) -> None:
        for route in ROUTES:
            total = sum(fault.share or 0.0 for fault in self.faults if fault.matches(route))
            if total > 1 + 1e-9:
                raise FaultPlanError(
                    f"share: the shares for {route} add up to {total:g}, more than 1"
                )

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a plan from a .json or .toml file: `seed`, and `faults`, a list of tables with the fields of `Fault`.

        Raises:
            FaultPlanError: It is unreadable or makes no sense; the text names file, entry and
            field.
        """
        try:
            content = _parse(Path(path))
            return cls(
                [_fault(number, entry) for number, entry in enumerate(content["faults"])],
                content["seed"],
            )
        except FaultPlanError as problem:
            raise FaultPlanError(f"{path}: {problem}") from None


class FaultInjector:
    """The decisions of one run of a plan."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._met: Counter[int] = Counter()

    def decide(self, route: str) -> Fault | None:
        """Give the fault that the next request to `route` meets, if any."""
        matching = [
            (number, fault)
            for number, fault in enumerate(self._plan.faults)
            if fault.matches(route)
        ]
        drawn = (
            self._random.random() if any(fault.share is not None for _, fault in matching) else 1.0
        )
        for number, fault in matching:
            if fault.count is not None and self._met[number] < fault.count:
                self._met[number] += 1
                return fault
        return _by_share(drawn, matching)


def _by_share(drawn: float, matching: Iterable[tuple[int, Fault]]) -> Fault | None:
    for _, fault in matching:
        drawn -= fault.share or 0.0
        if drawn < 0:
            return fault
    return None


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError) as reason:
        raise FaultPlanError(f"cannot be read: {reason}") from reason
    content = {"faults": content} if isinstance(content, list) else content
    if not isinstance(content, dict):
        raise FaultPlanError("must be a table with 'seed' and 'faults'")
    return _validated_fault({"seed": 0} | content)


def _validated_fault(content: dict[str, Any]) -> dict[str, Any]:
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
