"""The calls on stores and templates, one frozen class each."""

from typing import ClassVar, Literal

from attrs import field, frozen

from gelato_async.core.operations.base import OnceOperation, Operation
from gelato_async.models.fields import as_reference, instance_of
from gelato_async.models.store_product import NewStoreProduct, StoreProduct, StoreProductPage
from gelato_async.models.template import Template

Direction = Literal["asc", "desc"]
SortField = Literal["createdAt", "updatedAt"]


@frozen
class CreateProductFromTemplate(OnceOperation[StoreProduct]):
    """*Create product (from template)* of Gelato's stores.

    If its answer is lost, nothing shows for certain whether the product was made.
    """

    name: ClassVar[str] = "stores.create_product_from_template"
    advice: ClassVar[str] = (
        "look for its title with stores.products(), newest first, half a minute later"
    )
    store_id: str = field(converter=as_reference, validator=instance_of(str))
    product: NewStoreProduct = field(validator=instance_of(NewStoreProduct))


@frozen
class GetStoreProduct(Operation[StoreProduct]):
    """*Get product* of a store."""

    name: ClassVar[str] = "stores.product"
    store_id: str = field(converter=as_reference, validator=instance_of(str))
    product_id: str = field(converter=as_reference, validator=instance_of(str))


@frozen
class DeleteStoreProduct(Operation[None]):
    """Delete a product of a store. *Undocumented*: Gelato may change this without notice.

    May be repeated: to delete a product that is gone changes nothing.
    """

    name: ClassVar[str] = "stores.delete_product"
    store_id: str = field(converter=as_reference, validator=instance_of(str))
    product_id: str = field(converter=as_reference, validator=instance_of(str))


@frozen(kw_only=True)
class ListStoreProducts(Operation[StoreProductPage]):
    """*List products* of a store: one page, by query parameters."""

    name: ClassVar[str] = "stores.products"
    store_id: str = field(converter=as_reference, validator=instance_of(str))
    order: Direction | None = None
    order_by: SortField | None = None
    offset: int | None = None
    limit: int | None = None


@frozen
class GetTemplate(Operation[Template]):
    """*Get template*."""

    name: ClassVar[str] = "stores.template"
    template_id: str = field(converter=as_reference, validator=instance_of(str))
