"""What a sandbox is given to start with, apart from its options: the accounts that may use it.

Start with `sandbox_data`. Nothing here changes while a sandbox runs.
"""
