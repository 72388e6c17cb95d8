"""Models: one attrs class for each thing that the two APIs take or answer.

Request models are frozen; answers keep the whole JSON in `raw`. No behaviour beyond small
properties, and no imports of ours. `fields` has what the models share, `enums` the open enums.
"""
