"""The page at `/_sandbox/`: static files, and the views that its script polls.

`static` is served as it is; nothing of an order is ever written into HTML. `views` is the table of
what the script may ask for, each answer small enough to be asked for every second. Whatever changes
something is a control. The views may change in any version.
"""
