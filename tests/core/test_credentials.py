import pytest

from gelato_async.core.credentials import Credentials, validated_key


def test_credentials_show_nothing():
    assert repr(Credentials("key:secret", ("key", "secret"))) == "Credentials()"


def test_the_digest_distinguishes_keys_without_showing_them():
    one, same, other = (
        Credentials("key-1", ()),
        Credentials("key-1", ("key-1",)),
        Credentials("key-2", ()),
    )
    assert one.digest == same.digest != other.digest
    assert "key" not in one.digest


@pytest.mark.parametrize("value", ["key", "a-key_with.many~signs!", "k:s"])
def test_a_good_key_is_taken_as_it_is(value):
    assert validated_key(value, "key", "KEY") == value


@pytest.mark.parametrize("value", [None, ""])
def test_no_key_names_the_variable_to_set(value):
    with pytest.raises(
        ValueError, match=r"no Gelato API key: .* environment variable GELATO_API_KEY"
    ):
        validated_key(value, "Gelato API key", "GELATO_API_KEY")


@pytest.mark.parametrize(
    "value",
    ["se cret", "secret\n", "secret\r\nx: y", "sec\x00ret", "sécret", "secret\x7f", "sec:ret"],
)
def test_a_bad_key_is_refused_without_being_echoed(value):
    with pytest.raises(ValueError, match="contains a character that no key has") as caught:
        validated_key(value, "API key", "KEY", forbidden=":")
    assert "sec" not in str(caught.value)
    assert "API key" in str(caught.value)


@pytest.mark.parametrize("key", [b"key", 5, ["key"]])
def test_a_key_that_is_not_a_string_is_refused(key):
    with pytest.raises(TypeError, match="must be a string"):
        validated_key(key, "Gelato API key", "GELATO_API_KEY")
