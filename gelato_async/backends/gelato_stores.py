"""Gelato's stores and templates: ecommerce.gelatoapis.com v1."""

from gelato_async.core.backend import Routes, Rules

ROUTES: Routes = {}

RULES: Rules = {}
