"""What a sandbox is given to start with, apart from its options: its catalogs, accounts and so on.

Start with `sandbox_data`. `reading` and `writing` are the files, `references` finds what does not
fit together. Nothing here changes while a sandbox runs.
"""
