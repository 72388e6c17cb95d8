"""Options that several commands have, each with its one description."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from gelato_async.cli.samples import BackendName

CODES = "Exit code: 0 it was answered, 1 Gelato refused, or there is no such thing, 2 it could not be asked for."

Backend = Annotated[BackendName, Parameter(name="--backend", help="The API that has the order.")]
BaseUrl = Annotated[
    str | None,
    Parameter(
        name="--base-url",
        help="An origin in place of Gelato's, like that of the sandbox. Also GELATO_BASE_URL, GELATO_CONNECT_BASE_URL.",
    ),
]
Json = Annotated[
    bool,
    Parameter(
        name="--json",
        help="JSON lines, just as the API answered. Without it: tables on a terminal, and for a pipe or a file values with "
        "tabs between them, without heads.",
    ),
]
Recipient = Annotated[
    bool,
    Parameter(
        name="--recipient",
        help="Show the recipient too, of whom otherwise the country alone is shown. JSON always has everything.",
    ),
]
Limit = Annotated[
    int | None, Parameter(name="--limit", validator=Number(gte=1), help="At most so many; all where it is not given.")
]
PageCount = Annotated[
    int | None,
    Parameter(name="--page-count", validator=Number(gte=1), help="All pages of a multi-page product, covers included."),
]
Texts = list[str] | None
Country = Annotated[str | None, Parameter(name="--country", help="An ISO 3166-1 code, like SE.")]


def split(values: Texts) -> Texts:
    """The values of an option that may be given several times, or with several values between commas."""
    return None if values is None else [part.strip() for value in values for part in value.split(",") if part.strip()]
