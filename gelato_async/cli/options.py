"""Options that several commands have, each with its one description."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated

from cyclopts import Parameter, Token
from cyclopts.validators import Number

from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import CommandError


def whole(_: object, tokens: Sequence[Token]) -> int:
    """Convert an option's value to a whole number; cyclopts alone would make 2 of 2.5.

    Raises:
        ValueError: the value is not a whole number.
    """
    text = tokens[0].value
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text} is not a whole number.") from None


AtLeastZero = Annotated[float, Parameter(validator=Number(gte=0))]
Share = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]
Count = Annotated[int, Parameter(converter=whole, validator=Number(gte=1))]
Seed = Annotated[int, Parameter(converter=whole, validator=Number(gte=0))]
Port = Annotated[int, Parameter(converter=whole, validator=Number(gte=0, lte=65535))]

CODES = (
    "Exit code: 0 there is an answer, 1 Gelato refused or there is no such thing, 2 the request"
    " could not be made."
)
BASE_URL = (
    "An origin in place of Gelato's, like that of the sandbox. Also GELATO_BASE_URL,"
    " GELATO_CONNECT_BASE_URL."
)

Backend = Annotated[BackendName, Parameter(name="--backend", help="The API that has the order.")]
BaseUrl = Annotated[str | None, Parameter(name="--base-url", help=BASE_URL)]
Json = Annotated[
    bool,
    Parameter(
        name="--json",
        help=(
            "JSON lines, just as the API answered. Without --json: tables on a terminal; in a pipe"
            " or a file, values separated by tabs, without headings."
        ),
    ),
]
Recipient = Annotated[
    bool,
    Parameter(
        name="--recipient",
        help="Show the recipient, not the country alone. JSON always has everything.",
    ),
]
Limit = Annotated[
    int | None,
    Parameter(
        name="--limit",
        converter=whole,
        validator=Number(gte=1),
        help="The most to list; all if not given.",
    ),
]
PageCount = Annotated[
    int | None,
    Parameter(
        name="--page-count",
        converter=whole,
        validator=Number(gte=1),
        help="All pages of a multi-page product, covers included.",
    ),
]
Texts = list[str] | None
Country = Annotated[str | None, Parameter(name="--country", help="An ISO 3166-1 code, like SE.")]


def split(option: str, values: Texts) -> Texts:
    """Return the values of an option that is given several times, or with commas between values.

    Raises:
        CommandError: the option is given without a value, which must not mean any value.
    """
    if values is None:
        return None
    parts: list[str] = []
    for value in values:
        parts += _parts(option, value)
    return parts


def filled(option: str, value: str | None) -> str | None:
    """Return the value of an option that is given once.

    Raises:
        CommandError: the option is given without a value.
    """
    if value is not None and not value.strip():
        raise CommandError(f"{option} is given without a value")
    return value


def moment(option: str, given: str | None, of_day: time) -> datetime | None:
    """Return the moment that an option names; of a day, the time `of_day`, in UTC.

    Raises:
        CommandError: the value is neither a day nor a moment.
    """
    if given is None:
        return None
    try:
        if len(given) == len("2024-05-01"):
            return datetime.combine(date.fromisoformat(given), of_day, UTC)
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise CommandError(
            f"{option} {given}: must be like 2024-05-01 or 2024-05-01T12:00:00+02:00"
        ) from error
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found


def _parts(option: str, value: str) -> Iterator[str]:
    # commas alone are not a value either
    filled(option, value.replace(",", ""))
    return filter(None, map(str.strip, value.split(",")))
