"""The public names, for type checkers: `X as X` marks a name as exported.

A name that is not here is internal. At run time `_rooms.py` says where a name is.
"""

from gelato_async._version import __version__ as __version__
from gelato_async.client.clients import (
    GelatoClient as GelatoClient,
    GelatoConnectClient as GelatoConnectClient,
)
from gelato_async.client.logging_observer import LoggingObserver as LoggingObserver
from gelato_async.client.options import (
    CallOptions as CallOptions,
    ClientOptions as ClientOptions,
)
from gelato_async.client.paging import OrderSearch as OrderSearch
from gelato_async.client.product_search import ProductSearch as ProductSearch
from gelato_async.client.products import Products as Products
from gelato_async.client.sender import Reply as Reply
from gelato_async.client.shipping import Shipping as Shipping
from gelato_async.client.split_orders import ConnectedOrders as ConnectedOrders
from gelato_async.client.stores import (
    StoreProductListing as StoreProductListing,
    Stores as Stores,
)
from gelato_async.core.errors import (
    AuthenticationError as AuthenticationError,
    BadRequestError as BadRequestError,
    ConflictError as ConflictError,
    ConnectionFailedError as ConnectionFailedError,
    DecodeError as DecodeError,
    GelatoError as GelatoError,
    NoAnswerError as NoAnswerError,
    NotFoundError as NotFoundError,
    NotSentError as NotSentError,
    OrderEndedError as OrderEndedError,
    OrderRefusedError as OrderRefusedError,
    OutcomeUnknownError as OutcomeUnknownError,
    Problem as Problem,
    RateLimitError as RateLimitError,
    ResponseError as ResponseError,
    ServerError as ServerError,
    UnsupportedError as UnsupportedError,
    ValidationError as ValidationError,
    WaitTimeoutError as WaitTimeoutError,
    WebhookError as WebhookError,
)
from gelato_async.core.events import (
    AttemptAnswered as AttemptAnswered,
    AttemptFailed as AttemptFailed,
    AttemptSent as AttemptSent,
    CallEvent as CallEvent,
    CircuitClosed as CircuitClosed,
    CircuitOpened as CircuitOpened,
    LimiterClosed as LimiterClosed,
    LimiterWaited as LimiterWaited,
    Observer as Observer,
    OperationBegan as OperationBegan,
    OperationEnded as OperationEnded,
    OutcomeStaysUnknown as OutcomeStaysUnknown,
    ReconciliationAdopted as ReconciliationAdopted,
    ReconciliationBegan as ReconciliationBegan,
    ReconciliationLooked as ReconciliationLooked,
    ReconciliationResent as ReconciliationResent,
    RetryBudgetSpent as RetryBudgetSpent,
    RetryScheduled as RetryScheduled,
)
from gelato_async.core.messages import (
    Request as Request,
    Response as Response,
)
from gelato_async.core.operations.base import Operation as Operation
from gelato_async.core.operations.orders import (
    CancelOrder as CancelOrder,
    ConfirmDraft as ConfirmDraft,
    CreateOrder as CreateOrder,
    DeleteDraft as DeleteDraft,
    GetOrder as GetOrder,
    QuoteOrder as QuoteOrder,
    SearchOrders as SearchOrders,
    SubmitOrder as SubmitOrder,
    UpdateShipment as UpdateShipment,
)
from gelato_async.core.operations.products import (
    GetAvailability as GetAvailability,
    GetCatalog as GetCatalog,
    GetCoverDimensions as GetCoverDimensions,
    GetPrices as GetPrices,
    GetProduct as GetProduct,
    ListCatalogs as ListCatalogs,
    SearchProducts as SearchProducts,
)
from gelato_async.core.operations.shipping import (
    ListShipmentMethods as ListShipmentMethods,
    SearchShippingPrices as SearchShippingPrices,
)
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate as CreateProductFromTemplate,
    DeleteStoreProduct as DeleteStoreProduct,
    GetStoreProduct as GetStoreProduct,
    GetTemplate as GetTemplate,
    ListStoreProducts as ListStoreProducts,
)
from gelato_async.core.retry import RetryPolicy as RetryPolicy
from gelato_async.core.token_bucket import TokenBucket as TokenBucket
from gelato_async.limiters.base import (
    Clock as Clock,
    RateLimiter as RateLimiter,
    Unlimited as Unlimited,
)
from gelato_async.limiters.local import LocalLimiter as LocalLimiter
from gelato_async.models.addresses import (
    BillingEntity as BillingEntity,
    OrderAddress as OrderAddress,
    ReturnAddress as ReturnAddress,
    ShippingAddress as ShippingAddress,
)
from gelato_async.models.catalog import (
    Catalog as Catalog,
    CatalogPage as CatalogPage,
    Pagination as Pagination,
    ProductAttribute as ProductAttribute,
    ProductAttributeValue as ProductAttributeValue,
)
from gelato_async.models.enums import (
    Channel as Channel,
    ConnectionStatus as ConnectionStatus,
    FileType as FileType,
    FinancialStatus as FinancialStatus,
    FitMethod as FitMethod,
    FulfillmentStatus as FulfillmentStatus,
    OptionType as OptionType,
    OrderType as OrderType,
    PreviewType as PreviewType,
    ProductImageStatus as ProductImageStatus,
    ReceiptItemType as ReceiptItemType,
    SalesChannel as SalesChannel,
    ShipmentMethodType as ShipmentMethodType,
    StockStatus as StockStatus,
    StoreProductStatus as StoreProductStatus,
    TransactionType as TransactionType,
)
from gelato_async.models.new_order import (
    CatalogItem as CatalogItem,
    CustomItem as CustomItem,
    DraftItem as DraftItem,
    File as File,
    Metadata as Metadata,
    NewOrder as NewOrder,
)
from gelato_async.models.order import (
    Discount as Discount,
    ItemAttribute as ItemAttribute,
    ItemFile as ItemFile,
    ItemOption as ItemOption,
    ItemPreview as ItemPreview,
    Order as Order,
    OrderItem as OrderItem,
    OrderMetadata as OrderMetadata,
    Package as Package,
    Shipment as Shipment,
    SubmittedOrder as SubmittedOrder,
    UpdatedShipment as UpdatedShipment,
)
from gelato_async.models.product import (
    CoverArea as CoverArea,
    CoverDimensions as CoverDimensions,
    FilterHits as FilterHits,
    Measure as Measure,
    Price as Price,
    Product as Product,
    ProductPage as ProductPage,
    ProductPrices as ProductPrices,
)
from gelato_async.models.quote import (
    Quotation as Quotation,
    Quote as Quote,
    QuotedProduct as QuotedProduct,
    QuotedShipmentMethod as QuotedShipmentMethod,
    QuoteProduct as QuoteProduct,
    QuoteRequest as QuoteRequest,
)
from gelato_async.models.receipt import (
    Receipt as Receipt,
    ReceiptItem as ReceiptItem,
)
from gelato_async.models.search import (
    OrderPage as OrderPage,
    OrderQuery as OrderQuery,
    OrderSummary as OrderSummary,
)
from gelato_async.models.shipping import (
    ShipmentMethod as ShipmentMethod,
    ShipmentMethods as ShipmentMethods,
    ShippingMethodPrice as ShippingMethodPrice,
    ShippingPrices as ShippingPrices,
    ShippingPricesProduct as ShippingPricesProduct,
    ShippingPricesRequest as ShippingPricesRequest,
    ShippingProductPrices as ShippingProductPrices,
    ShippingQuantityPrices as ShippingQuantityPrices,
)
from gelato_async.models.stock import (
    ProductAvailability as ProductAvailability,
    RegionAvailability as RegionAvailability,
    StockAvailability as StockAvailability,
)
from gelato_async.models.stock_regions import (
    NOT_SUPPORTED_COUNTRIES as NOT_SUPPORTED_COUNTRIES,
    StockRegion as StockRegion,
)
from gelato_async.models.store_product import (
    NewStoreProduct as NewStoreProduct,
    NewStoreProductVariant as NewStoreProductVariant,
    PlaceholderImage as PlaceholderImage,
    ProductImage as ProductImage,
    ProductVariantAttribute as ProductVariantAttribute,
    ProductVariantAttributeKey as ProductVariantAttributeKey,
    ProductVariantAttributeValue as ProductVariantAttributeValue,
    ProductVariantOption as ProductVariantOption,
    StoreProduct as StoreProduct,
    StoreProductMetadata as StoreProductMetadata,
    StoreProductPage as StoreProductPage,
    StoreProductVariant as StoreProductVariant,
)
from gelato_async.models.template import (
    ImagePlaceholder as ImagePlaceholder,
    Template as Template,
    TemplateVariant as TemplateVariant,
    TemplateVariantOption as TemplateVariantOption,
    TextPlaceholder as TextPlaceholder,
)
from gelato_async.transports.aiohttp import AiohttpTransport as AiohttpTransport
from gelato_async.transports.base import (
    SendGate as SendGate,
    Transport as Transport,
)
from gelato_async.transports.httpx import HttpxTransport as HttpxTransport
from gelato_async.transports.injected import ClientTransport as ClientTransport
from gelato_async.transports.network import RESET_ON_CLOSE as RESET_ON_CLOSE
from gelato_async.transports.scripted import ScriptedTransport as ScriptedTransport
