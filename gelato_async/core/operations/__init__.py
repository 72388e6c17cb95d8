"""Operations: every call of the APIs as a value.

A frozen class for every call: its fields are the arguments, its type parameter is the answer, and
its base class says how it may be repeated. `base` has the base classes; the other modules list the
calls of one service each. A new call starts here, and gets its route in a backend.
"""
