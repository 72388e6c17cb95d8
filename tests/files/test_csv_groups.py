from gelato_async.files.csv_groups import Grouping
from gelato_async.files.csv_records import Record


def test_long_broken_rows_behind_short_ones_are_not_all_held():
    """Of broken rows that wait for a sound one, about four times `max_bytes` are held."""
    sizes = [*[1] * 100, *[1_000] * 100]
    read, yielded, waiting = 0, 0, []

    def records():
        nonlocal read
        for number, size in enumerate(sizes, 1):
            read += size
            yield Record(number=number, cells=["x"], raw=b"x" * size, problem="broken")

    for group in Grouping(0, 1_000).groups(records()):
        waiting.append(read - yielded)
        yielded += sum(len(record.raw) for record in group.records)
    assert yielded == sum(sizes)
    assert max(waiting) <= 5_100
