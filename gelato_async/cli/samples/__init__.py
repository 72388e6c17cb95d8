"""Sample orders: invented, valid, and the same for the same seed.

`orders` makes them of people (`people`) who live in the places of `places` and buy the products of
`products`; `columns` are those of the CSV template; `sample` is the command. Only as much is
invented as makes orders differ: each script of names, each form of address, each kind of product.

Start with `orders`.
"""
