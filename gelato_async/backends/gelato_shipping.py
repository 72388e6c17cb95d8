"""Gelato's shipment methods and their prices: shipment.gelatoapis.com v1."""

from gelato_async.core.backend import Routes, Rules

ROUTES: Routes = {}

RULES: Rules = {}
