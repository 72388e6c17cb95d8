"""Sample orders: invented, valid, and the same for the same seed.

`orders` makes them from `people`, `places` and `products`; `columns` is the CSV template;
`sample` is the command.
"""
