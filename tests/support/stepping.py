from gelato_async import Clock


class Stepping:
    """Time that passes for a client and for the sandbox's life cycle together, and only while the client sleeps."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.time = 0.0

    async def sleep(self, seconds):
        self.time += seconds
        self.sandbox.advance(seconds)

    @property
    def clock(self):
        return Clock(now=lambda: self.time, sleep=self.sleep)
