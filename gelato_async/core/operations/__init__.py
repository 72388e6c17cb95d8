"""Operations: every call of the APIs as a value.

A frozen class for every call: its fields are the arguments, its type parameter is the answer, and
its base class says how it may be repeated. No class here knows a path, a backend or how to send
itself. Start with `base`, which has the base classes; `orders`, `products`, `shipping` and `stores`
list the calls of one service each, and `nested_models` walks over what a call holds. A new call
starts here, and gets its route in a backend.
"""
