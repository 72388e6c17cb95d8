"""Files of orders on the command line: found, opened, reviewed, fixed.

`formats` and `sources` open files and standard input, `review` says what is wrong with each line,
`check` is the command, `fixing` corrects what can be corrected without guessing. Reading lines as
orders is not done here but in `gelato_async.files`, and nothing here sends.

Start with `check`.
"""
