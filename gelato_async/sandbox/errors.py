"""The errors that a sandbox raises in the program that runs it."""


class SandboxError(OSError):
    """The sandbox could not be started, or refuses what it was asked to do."""


class ControlError(SandboxError):
    """One of the sandbox's own routes, or a method of the same name, refuses its arguments.

    Attributes:
        status: The HTTP status with which the route answers.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class StateFileError(SandboxError):
    """The state file cannot be used; the message names it and says what to do."""
