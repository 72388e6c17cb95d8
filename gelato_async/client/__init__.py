"""The clients, and what stands between a method and the transport.

`clients` composes everything from options. `orders`, `products`, `shipping` and `stores` are the
methods that users call, a line each. Behind them: `engine` runs any operation, `sender` makes one
attempt and repeats what may be repeated, `create_once` makes an order exactly once. `paging`,
`waiting` and `split_orders` are calls that take several requests.
"""
