"""Files of orders on the command line: which format, read from where, checked and fixed.

`formats` and `sources` open files and standard input, `check` is the command, `fixing` corrects
what can be corrected without guessing. The reading itself is in `files`.
"""
