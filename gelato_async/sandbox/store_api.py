"""Gelato's store routes."""

from collections.abc import Mapping

from gelato_async.sandbox.actions import Action

ACTIONS: Mapping[str, Action] = {}
