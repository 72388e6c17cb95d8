"""Both benchmarks, one after the other: what `nox -s bench` runs.

    python benchmarks/run.py [--quick]

`limiter` and `typed_call` say what they measure, and what their tables mean.
"""

import limiter
import typed_call
from measure import is_quick


def main() -> None:
    quick = is_quick(__doc__)
    limiter.run(quick=quick)
    typed_call.run(quick=quick)


if __name__ == "__main__":
    main()
