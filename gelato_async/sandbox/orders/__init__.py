"""Orders in the sandbox: both APIs' routes, and the orders behind them.

`gelato_api` and `connect_api` are the routes, `order_rules` what they refuse. `order` is an order
as the sandbox keeps it, `order_book` all of one API; `life_cycle` moves them, `documents`,
`receipts` and `shipments` write the answers, `searching` filters.
"""
