"""What goes over the wire: one attrs class for each thing the two APIs take or answer.

No behaviour, no imports of ours.
"""
