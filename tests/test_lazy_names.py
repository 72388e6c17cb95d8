import pickle

import pytest

import gelato_async


def test_a_name_that_there_is_not_is_an_attribute_error():
    for name in ("GelatoClinet", "__wrapped__"):
        with pytest.raises(
            AttributeError, match=f"module 'gelato_async' has no attribute '{name}'"
        ):
            getattr(gelato_async, name)
    with pytest.raises(ImportError, match="GelatoClinet"):
        from gelato_async import GelatoClinet  # noqa: F401


def test_dir_and_a_star_import_show_all_names():
    namespace = {}
    exec("from gelato_async import *", namespace)
    assert set(gelato_async.__all__) <= namespace.keys()
    assert set(gelato_async.__all__) <= set(dir(gelato_async))


def test_a_name_can_be_replaced_for_a_test(monkeypatch):
    original = gelato_async.GelatoClient
    with monkeypatch.context() as patch:
        patch.setattr("gelato_async.GelatoClient", None)
        assert gelato_async.GelatoClient is None
    assert gelato_async.GelatoClient is original
    assert pickle.loads(pickle.dumps(original)) is original
