"""Options that several commands have, each with its one description."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from cyclopts import Parameter, Token
from cyclopts.validators import Number

from gelato_async.cli.apis import BackendName
from gelato_async.cli.console import CommandError


def whole(_: object, tokens: Sequence[Token]) -> int:
    """A whole number, as it stands there: `2.5` is not taken for 2.

    Raises:
        ValueError: it is none.
    """
    text = tokens[0].value
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text} is no whole number.") from None


CODES = (
    "Exit code: 0 it was answered, 1 Gelato refused, or there is no such thing, 2 it could not be"
    " asked for."
)

Backend = Annotated[BackendName, Parameter(name="--backend", help="The API that has the order.")]
BaseUrl = Annotated[
    str | None,
    Parameter(
        name="--base-url",
        help=(
            "An origin in place of Gelato's, like that of the sandbox. Also GELATO_BASE_URL,"
            " GELATO_CONNECT_BASE_URL."
        ),
    ),
]
Json = Annotated[
    bool,
    Parameter(
        name="--json",
        help=(
            "JSON lines, just as the API answered. Without it: tables on a terminal, and for a pipe"
            " or a file values with tabs between them, without heads."
        ),
    ),
]
Recipient = Annotated[
    bool,
    Parameter(
        name="--recipient",
        help=(
            "Show the recipient too, of whom otherwise the country alone is shown. JSON always has"
            " everything."
        ),
    ),
]
Limit = Annotated[
    int | None,
    Parameter(
        name="--limit",
        converter=whole,
        validator=Number(gte=1),
        help="At most so many; all where it is not given.",
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
    """The values of an option that may be given several times, or with several values between commas.

    Raises:
        CommandError: it is given with no value, which must not mean that everything will do.
    """
    return None if values is None else [part for value in values for part in _parts(option, value)]


def filled(option: str, value: str | None) -> str | None:
    """The value of an option that is given once.

    Raises:
        CommandError: it is given with no value.
    """
    if value is not None and not value.strip():
        raise CommandError(f"{option} is given with no value")
    return value


def _parts(option: str, value: str) -> Iterator[str]:
    filled(option, value.replace(",", ""))
    return filter(None, map(str.strip, value.split(",")))
