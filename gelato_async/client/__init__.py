"""The clients: an engine that runs operations, create-once, and the methods users call."""
