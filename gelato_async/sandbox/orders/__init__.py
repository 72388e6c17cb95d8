"""Orders in the sandbox: the order routes of both APIs, and the orders behind them.

Start with `gelato_api` and `connect_api`, the routes' actions; `order_rules` is what they refuse,
`doubts` is what lets an order fail later, for the causes in `failures`, and `wishes` is what an
order asks for. `order` is an order as the sandbox remembers it, in plain values; `order_index` is
all orders of one API. `terms` are what an order costs and how it is sent, `placing` makes orders of
them and `revising` replaces them.
`life_cycle` derives statuses from an order's age, `documents`, `receipts` and `shipments` write the
answers, `searching` filters. Nothing here knows HTTP, faults or webhooks: whoever changes an order
calls `changed` of its account.
"""
