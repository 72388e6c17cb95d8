from hypothesis import given, strategies as st

from gelato_async.files.references import EarlierUse, SeenReferences


def test_thousands_of_references_are_kept_apart():
    seen = SeenReferences()
    assert all(seen.add(f"r{i}", i, b"x") is None for i in range(5_000))
    assert all(seen.add(f"r{i}", 9_000, b"x") == EarlierUse(i, is_same=True) for i in range(5_000))
    assert seen.add("r7", 9_000, b"y") == EarlierUse(7, is_same=False)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.binary(max_size=1))))
def test_a_reference_keeps_its_first_line_and_contents(pairs):
    seen, uses = SeenReferences(), {}
    for number, (reference, content) in enumerate(pairs, 1):
        expected = None
        if reference in uses:
            first, first_content = uses[reference]
            expected = EarlierUse(first, content == first_content)
        else:
            uses[reference] = number, content
        assert seen.add(reference, number, content) == expected
