import pytest

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    GelatoClient,
    GelatoConnectClient,
    NoAnswerError,
    NotFoundError,
    Problem,
    RateLimitError,
    ServerError,
    ValidationError,
)
from gelato_async.cli.console import ExitCode
from gelato_async.cli.service.queries import run_query

UNCLEAR = [NoAnswerError("no answer"), ServerError("500", status=500), DecodeError("odd")]


def outcome_of(error, capsys, client=None, **options):
    async def question(_):
        raise error

    code = run_query(client or GelatoClient("key"), question, **options)
    return code, capsys.readouterr().err


def test_an_answer_decides_the_exit_code():
    async def question(_):
        return ExitCode.REJECTED

    assert run_query(GelatoClient("key"), question) == ExitCode.REJECTED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFoundError("404", status=404), 1),
        (ConflictError("409", status=409), 1),
        (BadRequestError("400", status=400), 1),
        (AuthenticationError("401", status=401), 2),
        (RateLimitError("429", status=429), 2),
        (ConnectionFailedError("refused"), 2),
        (ValidationError([Problem("limit", "too much")]), 2),
        *((error, 2) for error in UNCLEAR),
    ],
)
def test_a_no_of_the_api_is_1_and_what_could_not_be_asked_is_2(capsys, error, code):
    found, reported = outcome_of(error, capsys)
    assert found == code
    assert reported.startswith("gelato-async: ")
    assert reported.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ConnectionFailedError("refused"), "(check the network, or --base-url)"),
        (NoAnswerError("none"), "(try again later)"),
        (ServerError("500", status=500), "(try again later)"),
        (AuthenticationError("401", status=401), "(it comes from GELATO_API_KEY)"),
        (NotFoundError("404", status=404), "(look elsewhere)"),
    ],
)
def test_the_error_says_what_to_do(capsys, error, advice):
    assert advice in outcome_of(error, capsys, advice={NotFoundError: "look elsewhere"})[1]


def test_a_refused_key_of_connect_names_all_its_variables(capsys):
    client = GelatoConnectClient("acme", "key", "secret")
    reported = outcome_of(AuthenticationError("401", status=401), capsys, client)[1]
    assert (
        "GELATO_CONNECT_PREFIX and GELATO_CONNECT_API_KEY and GELATO_CONNECT_API_SECRET" in reported
    )


def test_an_error_cannot_steer_the_terminal(capsys):
    reported = outcome_of(
        NotFoundError("404: no \x1b[2J\x9b31m日本\u202e\r such order", status=404), capsys
    )[1]
    assert reported == "gelato-async: 404: no [2J 31m日本 such order\n"


@pytest.mark.parametrize("error", UNCLEAR)
def test_a_change_whose_answer_is_lost_is_3(capsys, error):
    code, reported = outcome_of(error, capsys, unclear="it may have happened")
    assert code == ExitCode.UNKNOWN
    assert "(it may have happened)" in reported
