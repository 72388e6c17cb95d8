"""Where each documented limit is: a rule, the behaviour of something, or the reason why nothing enforces it.

`firstName max length | 25` and the like need no entry: the rule at that path is found and tried.
"""

from collections.abc import Mapping

from api_coverage.kinds import Answer, Checked, Listed, Placed

_NO_UID = "no document says how to tell such a product from its uid: Gelato decides"
_CANCEL = "client.orders:GelatoOrders.cancel"
_TOO_LATE = Placed(
    "models.order:Order.is_certainly_too_late_to_cancel",
    "Gelato decides the rest; a refusal is a `ConflictError`",
)
_CODES = Placed(
    "core.errors:ResponseError",
    "each code has a kind of its own; `.code` and `.message` are the body's",
)
_LIMIT = Checked(path="limit", refused=101, allowed=100, note="the default is Gelato's")
_OFFSET = Checked(path="offset", refused=-1, allowed=0)
_TIERS = Placed("models.new_order:NewOrder.shipment_method_uid", "goes as it is")
_DEFAULT_TYPE = Placed("models.enums:OrderType.ORDER", "the default of `NewOrder.order_type`")

_JP = {"country": "JP"}
_BR = {"country": "BR"}
_BR_COMPANY = {"country": "BR", "isBusiness": True}

ORDERS: Mapping[tuple[str, str], Answer] = {
    ("general", "auth v4"): Placed("client.clients:GelatoClient", "sends its `api_key` so"),
    ("general", "HTTPS only"): Placed(
        "client.clients:GelatoClient", "refuses plain HTTP, but to the own machine"
    ),
    ("general", "HTTP codes"): _CODES,
    ("general", "429"): Placed("core.retry:RetryPolicy"),
    ("v4.orders", "split: connectedOrderIds"): Placed(
        "client.split_orders:ConnectedOrders", "from `orders.connected`"
    ),
    ("v4.orders", "storeId"): Placed("models.order:Order.store_id", "may be None"),
    ("v4.create", "shippingAddress.country pattern"): Checked(
        path="shippingAddress.country", refused="UK", allowed="GB"
    ),
    ("v4.create", "returnAddress.country pattern"): Checked(
        path="returnAddress.country", refused="UK", allowed="GB"
    ),
    ("v4.create", "email pattern (garbled on the page)"): Checked(
        path="shippingAddress.email",
        refused="nobody",
        allowed="nobody@example.org",
        note=(
            "only that something stands on both sides of an @, since the printed pattern refuses"
            " good addresses"
        ),
    ),
    ("v4.create", "shippingAddress.state required"): Checked(
        path="shippingAddress.state", refused=None, allowed="NY", holder={"country": "US"}
    ),
    ("v4.create", "returnAddress.state required"): Checked(
        path="returnAddress.state", refused=None, allowed="NY", holder={"country": "US"}
    ),
    ("v4.create", "CN/JP/KR/RU local language: addressLine1, addressLine2"): tuple(
        Checked(
            path=f"shippingAddress.{line}",
            refused="A Latin street",
            allowed="東京 Building",
            holder=_JP,
        )
        for line in ("addressLine1", "addressLine2")
    ),
    ("v4.create", "CN/JP/KR/RU local language: city"): Checked(
        path="shippingAddress.city", refused="Tokyo", allowed="東京", holder=_JP
    ),
    ("v4.create", "BR: federalTaxId"): Checked(
        path="shippingAddress.federalTaxId", refused=None, allowed="1", holder=_BR
    ),
    ("v4.create", "BR company: isBusiness, stateTaxId, registrationStateCode"): tuple(
        Checked(path=f"shippingAddress.{name}", refused=None, allowed="1", holder=_BR_COMPANY)
        for name in ("stateTaxId", "registrationStateCode")
    ),
    ("v4.create", "stateTaxId, registrationStateCode, CNPJ"): (
        Checked(path="shippingAddress.stateTaxId", refused="1", allowed=None, holder=_BR),
        Checked(
            path="shippingAddress.registrationStateCode",
            refused="1",
            allowed=None,
            holder=_BR,
            note="a CNPJ is not told from a CPF: both are federal tax ids",
        ),
    ),
    ("v4.create", "phone format"): Listed(
        "numbers are written in too many ways to refuse one; only the length is checked"
    ),
    ("v4.create", "currency supported list"): Listed(
        "holds for customers with wallets or cards only: a currency is never refused"
    ),
    ("v4.create", "metadata entries"): Checked(
        path="metadata", refused=[{}] * 21, allowed=[{}] * 20
    ),
    ("v4.create", "metadata key length"): Checked(
        path="metadata[].key", refused="k" * 101, allowed="k" * 100
    ),
    ("v4.create", "metadata value length"): Checked(
        path="metadata[].value", refused="v" * 101, allowed="v" * 100
    ),
    ("v4.create", "quantity"): Checked(path="items[].quantity", refused=0, allowed=1),
    ("v4.create", "itemReferenceId"): Checked(
        path="items", refused=[{"itemReferenceId": "a"}] * 2, allowed=[{"itemReferenceId": "a"}]
    ),
    ("v4.create", "pageCount"): Listed(_NO_UID),
    ("v4.create", "files"): Listed(_NO_UID),
    ("v4.create", "PDF"): Listed(
        "files are Gelato's to fetch and to judge; this library never opens them"
    ),
    ("v4.create", "file.type"): Checked(
        path="items[].files[].type",
        refused=None,
        allowed="default",
        holder={"threadColors": ["#112233"]},
        note="asked for where `threadColors`, `id` or `isVisible` show that it is embroidery",
    ),
    ("v4.create", "file.url"): Checked(
        path="items[].files[].url",
        refused=None,
        allowed="https://example.org/a.pdf",
        note="unless there is an `id`",
    ),
    ("v4.create", "threadColors"): Checked(
        path="items[].files[].threadColors", refused=["#112233"] * 7, allowed=[]
    ),
    ("v4.create", "isVisible"): Listed(_NO_UID),
    ("v4.create", "default file type, apparel"): Listed(_NO_UID),
    ("v4.create", "multi-page PDF with type default"): Listed(
        "files are Gelato's to fetch and to judge"
    ),
    ("v4.create", "shipmentMethodUid"): _TIERS,
    ("v4.create", "orderType default"): _DEFAULT_TYPE,
    ("v4.create", "returnAddress"): Placed(
        "models.addresses:ReturnAddress", "every field is optional"
    ),
    ("v4.search", "limit"): _LIMIT,
    ("v4.search", "offset"): _OFFSET,
    ("v4.search", "startDate/endDate"): tuple(
        Checked(path=path, refused="2014-04-25", allowed="2014-04-25T16:15:47-04:00")
        for path in ("startDate", "endDate")
    ),
    ("v4.search", "search"): Placed(
        "models.search:OrderQuery.search", "Gelato looks in these three"
    ),
    ("v4.cancel", "not possible after"): _TOO_LATE,
    ("v4.cancel", "not possible after (lifecycle text)"): _TOO_LATE,
    ("v4.cancel", "200"): Placed(_CANCEL, "returns"),
    ("v4.cancel", "409"): Placed("core.errors:ConflictError"),
    ("v4.cancel", "404"): Placed("core.errors:NotFoundError"),
    ("v4.patch", "only drafts"): Placed(
        "client.orders:GelatoOrders.confirm_draft", "Gelato decides; a refusal is a `ConflictError`"
    ),
    ("v4.patch", "orderType value"): Placed(
        "core.operations.orders:ConfirmDraft", "sends it always"
    ),
    ("v4.patch", "items semantics"): Placed(
        "core.operations.orders:ConfirmDraft.items", "None and an empty list differ"
    ),
    ("v4.delete", "only drafts"): Placed(
        "client.orders:GelatoOrders.delete_draft", "Gelato decides; a refusal is a `ConflictError`"
    ),
    ("connect.general", "auth"): Placed(
        "client.clients:GelatoConnectClient", "sends its `api_key` and `api_secret` so"
    ),
    ("connect.general", "rate limit"): Placed(
        "limiters.local:LocalLimiter", "one for each key in a process"
    ),
    ("connect.general", "429 retry"): Placed("core.retry:RetryPolicy"),
    ("connect.general", "error body"): _CODES,
    ("connect.general", "codes"): _CODES,
    ("connect.general", "idempotency advice"): Placed(
        "models.new_order:NewOrder.order_reference_id",
        "by it an order whose answer was lost is found again",
    ),
    ("connect.submit", "productUid xor productName+productVariant"): Checked(
        path="items",
        refused=[{"productUid": "a"}, {"productName": "b"}],
        allowed=[{"productUid": "a"}, {"productUid": "b"}],
        note="and one way for each item at `items[].productUid`",
    ),
    ("connect.submit", "state required"): Checked(
        path="shippingAddress.state", refused=None, allowed="NY", holder={"country": "US"}
    ),
    ("connect.submit", "retail prices"): Listed(
        "where an order is produced, and so whether it crosses a border, is known to Gelato alone"
    ),
    ("connect.submit", "orderType default"): _DEFAULT_TYPE,
    ("connect.submit", "shipmentMethodUid"): _TIERS,
    ("connect.submit", "orderReferenceId/id/createdAt answered"): Placed(
        "models.order:SubmittedOrder"
    ),
    ("connect.cancel", "only until shipped"): _TOO_LATE,
    ("connect.cancel", "200 body"): Placed(_CANCEL, "returns; the body is not looked at"),
    ("connect.update", "only until shipped"): Placed("core.errors:ConflictError"),
    ("connect.update", "at least one of method, address"): Checked(
        path="shipmentMethodUid", refused=None, allowed="normal"
    ),
    ("connect.search", "limit"): _LIMIT,
    ("connect.search", "offset"): _OFFSET,
}

_STOCK_CODES = Placed("core.errors:ResponseError", "its `.code`")
_SERVER_DEFAULT = "the default is Gelato's; None leaves it out"
_SAME_TEMPLATE = (
    "which placeholders a template has is known to whoever fetched it, not to this request"
)

PRODUCTS: Mapping[tuple[str, str], Answer] = {
    ("product.search", "limit"): Checked(
        path="limit", refused=101, allowed=100, note="and always sent"
    ),
    ("product.search", "offset"): _OFFSET,
    ("product.get", "validPageCounts"): Placed(
        "models.product:Product.valid_page_counts", "else empty"
    ),
    ("product.cover-dimensions", "areas differ per product"): Placed(
        "models.product:CoverDimensions", "each may be None"
    ),
    ("product.prices", "pageCount"): Listed(_NO_UID),
    ("product.stock", "products"): (
        Checked(path="products", refused=[], allowed=["uid"]),
        Checked(
            path="products",
            refused=["u"] * 251,
            allowed=["u"] * 250,
            note="`products.availability` asks in such chunks",
        ),
    ),
    ("product.stock", "replenishmentDate"): Placed(
        "models.stock:RegionAvailability.replenishment_date", "else None"
    ),
    ("product.stock", "400 invalid_request_too_many_products"): _STOCK_CODES,
    ("product.stock", "400 invalid_request_products_not_provided"): _STOCK_CODES,
    ("product.stock", "401 invalid_api_key_provided"): Placed(
        "core.errors:AuthenticationError", "its `.code`"
    ),
    ("product.stock", "500 internal_server_error"): Placed(
        "core.errors:ServerError", "its `.code`"
    ),
}

STORES: Mapping[tuple[str, str], Answer] = {
    ("ecommerce.create-from-template", "tags"): (
        Checked(path="tags", refused=["tag"] * 14, allowed=["tag"] * 13),
        Checked(
            path="tags[]",
            refused="t" * 256,
            allowed="t" * 255,
            note="Etsy's 20 are not, for no call tells what a store is",
        ),
    ),
    ("ecommerce.create-from-template", "isVisibleInTheOnlineStore default"): Placed(
        "models.store_product:NewStoreProduct.is_visible_in_the_online_store", _SERVER_DEFAULT
    ),
    ("ecommerce.create-from-template", "salesChannels default"): Placed(
        "models.store_product:NewStoreProduct.sales_channels", _SERVER_DEFAULT
    ),
    ("ecommerce.create-from-template", "variants"): Placed(
        "models.store_product:NewStoreProduct.variants",
        "None and a list differ; an empty list is refused",
    ),
    ("ecommerce.create-from-template", "variants[].position default"): Placed(
        "models.store_product:NewStoreProductVariant.position", _SERVER_DEFAULT
    ),
    ("ecommerce.create-from-template", "imagePlaceholders[].name"): Listed(_SAME_TEMPLATE),
    ("ecommerce.create-from-template", "fitMethod default"): Placed(
        "models.store_product:PlaceholderImage.fit_method", _SERVER_DEFAULT
    ),
    ("ecommerce.products", "limit"): _LIMIT,
    ("ecommerce.products", "offset"): _OFFSET,
    ("ecommerce.products", "order default"): Placed(
        "core.operations.stores:ListStoreProducts.order", _SERVER_DEFAULT
    ),
    ("ecommerce.products", "orderBy default"): Placed(
        "core.operations.stores:ListStoreProducts.order_by", _SERVER_DEFAULT
    ),
}

WEBHOOKS: Mapping[tuple[str, str], Answer] = {
    ("webhook.general", "transport"): Placed(
        "webhooks:WebhookReceiver", "takes POST; TLS is the server's in front of it"
    ),
    ("webhook.general", "success"): Placed(
        "webhooks:WebhookReceiver",
        "2xx only when the event was handled, or `accept_unhandled` is set",
    ),
    ("webhook.general", "retries"): Placed(
        "webhooks:WebhookReceiver", "lets the next try succeed, and handles each once"
    ),
    (
        "webhook.order_delivery_estimate_updated",
        "beta; only when an estimate increases; most conservative of packages",
    ): Placed("webhooks.events.orders:OrderDeliveryEstimateUpdated", "its docstring says so"),
    ("webhook.store_product_updated", "also fires on publish"): Placed(
        "webhooks.events.stores:StoreProductUpdated", "its docstring says so"
    ),
    ("webhook.order_item_tracking_code_updated", "fires when item is shipped"): Placed(
        "webhooks.events.orders:OrderItemTrackingCodeUpdated", "its docstring says so"
    ),
}

LIMITS: Mapping[tuple[str, str], Answer] = {**ORDERS, **PRODUCTS, **STORES, **WEBHOOKS}
