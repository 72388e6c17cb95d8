"""The clients, and everything between a method that a user calls and the transport.

Start at `clients`, which checks the `options`, and at `orders`: its methods are a line each, like
those of `products`, `shipping` and `stores`. What a client needs only to send is imported with the
first call: `composing` makes its engine then. An operation goes to `engine`, which reads the retry
table after each failed attempt and waits before the next; `sender` makes one attempt. A create goes
to `create_once` instead: `looks` and `markers` find out what became of it. `references_in_flight`
keeps two creates of one reference apart. `paging` (on `pages`), `product_search`, `waiting` and
`split_orders` are calls that take several requests. `logging_observer` writes the log.

What belongs elsewhere: rules and bodies (`backends`), what may be repeated and whose order a search
shows (`core`), HTTP (`transports`), many orders at once (`bulk`).
"""
