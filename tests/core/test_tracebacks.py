import traceback

import pytest

from gelato_async.models.tracebacks import hides_arguments


@hides_arguments
def refuse(key):
    raise ValueError("refused")


def frames(error):
    return [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]


def test_an_error_shows_no_argument():
    with pytest.raises(ValueError, match="refused") as caught:
        refuse("s3cret")
    assert "s3cret" not in str(frames(caught.value)[1:])


def test_a_call_with_wrong_arguments_shows_none_either():
    with pytest.raises(TypeError, match="odd") as caught:
        refuse("s3cret", odd=1)
    assert "s3cret" not in str(frames(caught.value)[1:])
