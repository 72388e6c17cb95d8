"""Webhooks that the sandbox sends.

`change_detector` notices what an order or a store product has become, `bodies` writes the event,
`outbox` decides when it is delivered and keeps what was answered, `delivery` sends it.
"""
