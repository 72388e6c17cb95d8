from gelato_async import BadRequestError, NoAnswerError
from gelato_async.core.redaction import MASK, Redactor, redact

MASKED = Redactor(["Zoë", "60999"]).text


def test_every_text_of_an_error_is_masked():
    details = [{"Zoë": ["for Zoë", 60999, 7, True, None]}]
    error = BadRequestError("no Zoë", status=400, details=details, body="Zoë", operation="get")
    redact(error, MASKED)
    assert (error.message, error.body, error.operation) == (f"no {MASK}", MASK, "get")
    assert error.details == [{MASK: [f"for {MASK}", MASK, 7, True, None]}]


def test_a_masked_message_hides_its_cause():
    error = NoAnswerError("reset by Zoë")
    error.__cause__ = OSError("Zoë")
    redact(error, MASKED)
    assert (str(error), error.__cause__, error.__context__) == (f"reset by {MASK}", None, None)
    assert error.__suppress_context__


def test_a_message_that_quotes_nothing_keeps_its_cause():
    error = NoAnswerError("reset by peer")
    error.__cause__ = cause = OSError("reset")
    redact(error, MASKED)
    assert error.__cause__ is cause


def test_a_value_at_the_cut_is_masked_as_a_whole():
    redactor = Redactor(["Zoë Ångström", "Zoë"])
    assert redactor.cut("it is Zoë Ångström, Zoë", 8) == f"it is {MASK}"
    assert redactor.cut("it is Zoë Ångström, Zoë", 5) == "it is"
    assert redactor.cut("Zoë is Zoë Ångström", 6) == f"{MASK} is"
    assert Redactor([]).cut("it is Zoë", 5) == "it is"


def test_json_is_cut_off_where_there_is_no_room():
    found = Redactor(["Zoë"]).json({"a": ["Zoë" * 9, 1, 2, 3], "b": 1}, room=20)
    assert list(found) == ["a"]
    assert len(found["a"]) < 4
