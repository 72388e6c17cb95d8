"""The command line: `gelato-async check`, `submit` and the others, and groups like `orders get`.

Here live the commands, their options, and what they print. No rule of an API and no decision about
sending may live here: the commands use what the other rooms offer. May import anything; nothing
imports it.

Start with `__main__`, which turns errors into exit codes, then `app`, which lists the commands; each
is imported when it runs.
What they do is in `input` (`check`), `submit`, `service` (questions to an API), `samples`, `demo`,
`sandbox` and `webhooks`; `output` prints answers, `apis` makes clients.
"""
