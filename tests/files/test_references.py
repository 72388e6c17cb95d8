from hypothesis import given, strategies as st

from gelato_async.files.references import Seen, SeenReferences


def test_thousands_of_references_are_told_apart():
    seen = SeenReferences()
    assert all(seen.add(f"r{i}", b"x") is Seen.NEW for i in range(5_000))
    assert all(seen.add(f"r{i}", b"x") is Seen.SAME for i in range(5_000))
    assert seen.add("r7", b"y") is Seen.OTHER


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.binary(max_size=1))))
def test_it_answers_as_a_dict_would(pairs):
    seen, model = SeenReferences(), {}
    for reference, content in pairs:
        known = model.setdefault(reference, content) if reference in model else None
        expected = Seen.NEW if known is None else Seen.SAME if known == content else Seen.OTHER
        model.setdefault(reference, content)
        assert seen.add(reference, content) is expected
