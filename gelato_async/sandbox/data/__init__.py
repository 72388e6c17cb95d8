"""What a sandbox is given to start with, apart from its options: its catalogs, accounts and so on.

Start with `sandbox_data`. `reading` and `writing` are the files, `values` checks the types of files
and objects alike, `references` finds what does not fit together, `amounts` what would make prices
untrue. Nothing here changes while a sandbox runs.
"""
