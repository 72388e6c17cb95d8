"""The sandbox's own routes, under `/_sandbox/`: inspect its state, change it, see it as a page.

`controls` has them as methods, which `Sandbox` inherits; `routes` is the table that leads a request
to one of them; `access` says whose requests are served. The views that only the page reads, and the
page itself, are in the room `page`. Nothing here knows the routes of Gelato's APIs.
"""
