"""What stands behind a route: it looks at the world or changes it, and answers."""

from collections.abc import Callable

from gelato_async.sandbox.answers import Answer
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders import Body
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.world import World

Action = Callable[[World, Target, Body, Moment], Answer]
