"""Gelato's stores and templates: ecommerce.gelatoapis.com v1."""

from collections.abc import Mapping
from typing import Any

from gelato_async.core.backend import Routes, Rules
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    DeleteStoreProduct,
    GetStoreProduct,
    GetTemplate,
    ListStoreProducts,
)
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule, RuleTable
from gelato_async.core.rules.checks import at_most, between, longest, one_of, required
from gelato_async.core.rules.conditions import passes
from gelato_async.models.store_product import StoreProduct, StoreProductPage
from gelato_async.models.template import Template

ROUTES: Routes = {
    CreateProductFromTemplate: Route(
        method="POST",
        service="ecommerce",
        path="/v1/stores/{store_id}/products:create-from-template",
        body="product",
        answer=StoreProduct,
        names_product=True,
    ),
    GetStoreProduct: Route(
        method="GET",
        service="ecommerce",
        path="/v1/stores/{store_id}/products/{product_id}",
        answer=StoreProduct,
        names_product=True,
    ),
    # undocumented, but seen to work
    DeleteStoreProduct: Route(
        method="DELETE",
        service="ecommerce",
        path="/v1/stores/{store_id}/products/{product_id}",
    ),
    # documented as a GET with a JSON body; every client that is known to work sends a query
    ListStoreProducts: Route(
        method="GET",
        service="ecommerce",
        path="/v1/stores/{store_id}/products",
        query=("order", "order_by", "offset", "limit"),
        answer=StoreProductPage,
    ),
    GetTemplate: Route(
        method="GET",
        service="ecommerce",
        path="/v1/templates/{template_id}",
        answer=Template,
    ),
}


@passes(many="v")
def _some_if_any(variants: Any, _: Mapping[str, Any]) -> str | None:
    if variants != []:
        return None
    return "must name at least one variant, or be left out to take all of the template"


_IMAGE = "variants[].imagePlaceholders[]"

RULES: Rules = {
    CreateProductFromTemplate: RuleTable(
        [
            Rule("templateId", required),
            Rule("title", required),
            Rule("salesChannels[]", one_of("web", "global")),
            Rule("tags", at_most(13)),
            Rule("tags[]", longest(255)),
            Rule("variants", _some_if_any),
            Rule("variants[].templateVariantId", required),
            Rule(f"{_IMAGE}.name", required),
            Rule(f"{_IMAGE}.fileUrl", required),
            Rule(f"{_IMAGE}.fitMethod", one_of("slice", "meet")),
        ]
    ),
    ListStoreProducts: RuleTable(
        [
            Rule("order", one_of("asc", "desc")),
            Rule("orderBy", one_of("createdAt", "updatedAt")),
            Rule("offset", between(0)),
            Rule("limit", between(1, 100)),
        ]
    ),
}
