"""The documented webhook events as classes, by their subject.

Start with `base`: what all events share, and the class of an event that no document describes.
`orders`, `stores` and `stock` hold the eleven documented ones. An event here is data alone: its
class is chosen by `webhooks.parsing`, and fields that the models have already are taken from
`models`.
"""
