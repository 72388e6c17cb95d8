"""The documented webhook events as classes, by what they are about.

`base` has what all events share, and the class of an event that no document describes.
`webhooks.parsing` picks the class.
"""
