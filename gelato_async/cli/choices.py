"""Values of options, and defaults, that the help of all commands shows. It imports nothing heavy."""

from typing import Literal

BackendName = Literal["gelato", "connect"]
Format = Literal["jsonl", "csv"]

RECONCILE = 60.0
