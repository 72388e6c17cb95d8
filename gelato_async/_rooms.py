"""The module of each public name, so that `gelato_async` imports no more than what is asked for.

The names of `_public.py`, which type checkers read, once more for run time; a test compares the two.
"""

ROOMS = {
    "client.clients": "GelatoClient GelatoConnectClient",
    "client.logging_observer": "LoggingObserver",
    "client.options": "CallOptions ClientOptions",
    "client.paging": "OrderSearch",
    "client.product_search": "ProductSearch",
    "client.products": "Products",
    "client.sender": "Reply",
    "client.shipping": "Shipping",
    "client.split_orders": "ConnectedOrders",
    "client.stores": "StoreProductListing Stores",
    "core.errors": """
        AuthenticationError BadRequestError ConflictError ConnectionFailedError DecodeError
        GelatoError NoAnswerError NotFoundError NotSentError OrderEndedError OrderRefusedError
        OutcomeUnknownError Problem RateLimitError ResponseError ServerError UnsupportedError
        ValidationError WaitTimeoutError WebhookError
    """,
    "core.events": """
        AttemptAnswered AttemptFailed AttemptSent CallEvent CircuitClosed CircuitOpened
        LimiterClosed LimiterWaited Observer OperationBegan OperationEnded OutcomeStaysUnknown
        ReconciliationAdopted ReconciliationBegan ReconciliationLooked ReconciliationResent
        RetryBudgetSpent RetryScheduled
    """,
    "core.messages": "Request Response",
    "core.operations.base": "Operation",
    "core.operations.orders": """
        CancelOrder ConfirmDraft CreateOrder DeleteDraft GetOrder QuoteOrder SearchOrders
        SubmitOrder UpdateShipment
    """,
    "core.operations.products": """
        GetAvailability GetCatalog GetCoverDimensions GetPrices GetProduct ListCatalogs
        SearchProducts
    """,
    "core.operations.shipping": "ListShipmentMethods SearchShippingPrices",
    "core.operations.stores": """
        CreateProductFromTemplate DeleteStoreProduct GetStoreProduct GetTemplate ListStoreProducts
    """,
    "core.retry": "RetryPolicy",
    "core.token_bucket": "TokenBucket",
    "limiters.base": "Clock RateLimiter Unlimited",
    "limiters.local": "LocalLimiter",
    "models.addresses": "BillingEntity OrderAddress ReturnAddress ShippingAddress",
    "models.catalog": "Catalog CatalogPage Pagination ProductAttribute ProductAttributeValue",
    "models.enums": """
        Channel ConnectionStatus FileType FinancialStatus FitMethod FulfillmentStatus OptionType
        OrderType PreviewType ProductImageStatus ReceiptItemType SalesChannel ShipmentMethodType
        StockStatus StoreProductStatus TransactionType
    """,
    "models.new_order": "CatalogItem CustomItem DraftItem File Metadata NewOrder",
    "models.order": """
        Discount ItemAttribute ItemFile ItemOption ItemPreview Order OrderItem OrderMetadata
        Package Shipment SubmittedOrder UpdatedShipment
    """,
    "models.product": """
        CoverArea CoverDimensions FilterHits Measure Price Product ProductPage ProductPrices
    """,
    "models.quote": "Quotation Quote QuotedProduct QuotedShipmentMethod QuoteProduct QuoteRequest",
    "models.receipt": "Receipt ReceiptItem",
    "models.search": "OrderPage OrderQuery OrderSummary",
    "models.shipping": """
        ShipmentMethod ShipmentMethods ShippingMethodPrice ShippingPrices ShippingPricesProduct
        ShippingPricesRequest ShippingProductPrices ShippingQuantityPrices
    """,
    "models.stock": "ProductAvailability RegionAvailability StockAvailability",
    "models.stock_regions": "NOT_SUPPORTED_COUNTRIES StockRegion",
    "models.store_product": """
        NewStoreProduct NewStoreProductVariant PlaceholderImage ProductImage
        ProductVariantAttribute ProductVariantAttributeKey ProductVariantAttributeValue
        ProductVariantOption StoreProduct StoreProductMetadata StoreProductPage
        StoreProductVariant
    """,
    "models.template": """
        ImagePlaceholder Template TemplateVariant TemplateVariantOption TextPlaceholder
    """,
    "transports.aiohttp": "AiohttpTransport",
    "transports.base": "SendGate Transport",
    "transports.httpx": "HttpxTransport",
    "transports.injected": "ClientTransport",
    "transports.network": "RESET_ON_CLOSE",
    "transports.scripted": "ScriptedTransport",
}

MODULE_OF = {
    name: f"gelato_async.{module}" for module, names in ROOMS.items() for name in names.split()
}
