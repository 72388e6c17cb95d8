"""The command `demo`: bulk runs against a faulty sandbox, judged by the sandbox's audit.

`demo` is the command, `own_sandbox` the sandbox in a process of its own, `crash` a run that is
killed, `comparison` holds what the client reported against what the sandbox recorded.
"""
