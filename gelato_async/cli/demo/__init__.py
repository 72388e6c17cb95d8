"""The command `demo`: bulk runs against a faulty sandbox, judged by the sandbox's audit.

Start reading at `demo`, the command. `own_sandbox` is the sandbox in a process of its own, `crash`
a run in a process that is killed, `send_times` the record of when each process sent, `comparison`
holds what the client reported against what the sandbox recorded.
"""
