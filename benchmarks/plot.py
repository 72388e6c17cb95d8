"""A plot of a few lines as SVG, legible on light and on dark ground. Both axes are logarithmic."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 110, 390
# of medium lightness, and told apart by people who do not see all colours
COLOURS = ("#d95f02", "#e6a800", "#2f81f7", "#1ba784", "#a371f7")
MARKS = ("circle", "square", "diamond", "triangle", "cross")
GREY = "#808890"
STEPS = (1, 2, 5)


class Line(NamedTuple):
    """The values of one contender, one for each place on the horizontal axis."""

    name: str
    values: Sequence[float]


class Frame(NamedTuple):
    """Where numbers are on the picture."""

    places: Sequence[int]
    low: float
    high: float

    def x(self, place: float) -> float:
        """Return the horizontal position of a place."""
        first, last = math.log(self.places[0]), math.log(self.places[-1])
        share = (math.log(place) - first) / (last - first)
        return LEFT + 20 + share * (WIDTH - LEFT - RIGHT - 40)

    def y(self, value: float) -> float:
        """Return the vertical position of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return BOTTOM - share * (BOTTOM - TOP)


def plot(title: str, below: str, places: Sequence[int], lines: Sequence[Line]) -> str:
    """Return the SVG of lines over places, with a title, a legend and the name of the axis below."""
    values = [value for line in lines for value in line.values]
    frame = Frame(places, round_number(min(values), up=False), round_number(max(values), up=True))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="system-ui, sans-serif" role="img" aria-label="{escape(title)}">'
    )
    parts = [head, text(LEFT, 26, title, size=16), *axes(frame, below)]
    for number, line in enumerate(lines):
        parts += curve(frame, line, number)
        parts += legend(line, number)
    return "\n".join([*parts, "</svg>", ""])


def axes(frame: Frame, below: str) -> Iterator[str]:
    for value in round_numbers(frame.low, frame.high):
        y = frame.y(value)
        yield (
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{GREY}"'
            ' stroke-opacity="0.35"/>'
        )
        yield text(LEFT - 8, y + 4, f"{value:g}", anchor="end")
    for place in frame.places:
        yield text(frame.x(place), BOTTOM + 20, str(place), anchor="middle")
    yield text((LEFT + WIDTH - RIGHT) / 2, BOTTOM + 42, below, anchor="middle")


def curve(frame: Frame, line: Line, number: int) -> Iterator[str]:
    points = [
        (frame.x(place), frame.y(value))
        for place, value in zip(frame.places, line.values, strict=True)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    colour = COLOURS[number % len(COLOURS)]
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
    for x, y in points:
        yield mark(x, y, number)


def legend(line: Line, number: int) -> Iterator[str]:
    x, y = LEFT + (number % 2) * 330, 50 + (number // 2) * 20
    yield mark(x + 5, y - 4, number)
    yield text(x + 18, y, line.name)


def mark(x: float, y: float, number: int) -> str:
    """Return the mark of a line, which tells it apart without its colour."""
    kind, colour = MARKS[number % len(MARKS)], COLOURS[number % len(COLOURS)]
    shapes = {
        "circle": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>',
        "square": f'<path d="M{x - 4:.1f} {y - 4:.1f}h8v8h-8z" fill="{colour}"/>',
        "diamond": f'<path d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z" fill="{colour}"/>',
        "triangle": f'<path d="M{x:.1f} {y - 6:.1f}l6 10h-12z" fill="{colour}"/>',
        "cross": f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8" stroke="{colour}"'
        ' stroke-width="3"/>',
    }
    return shapes[kind]


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13) -> str:
    # a grey that is legible on white and on black
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{GREY}">'
        f"{escape(words)}</text>"
    )


def round_numbers(low: float, high: float) -> list[float]:
    """The numbers 1, 2 and 5 of every power of ten between two bounds, these included."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    numbers = [step * 10.0**power for power in powers for step in STEPS]
    return [number for number in numbers if low * 0.999 <= number <= high * 1.001]


def round_number(value: float, *, up: bool) -> float:
    """Return the next number of that kind above or below a value."""
    if up:
        return next(number for number in round_numbers(value, value * 10))
    return round_numbers(value / 10, value)[-1]
