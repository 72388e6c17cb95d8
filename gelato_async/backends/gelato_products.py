"""Gelato's products: product.gelatoapis.com v3."""

from gelato_async.core.backend import Routes, Rules

ROUTES: Routes = {}

RULES: Rules = {}
