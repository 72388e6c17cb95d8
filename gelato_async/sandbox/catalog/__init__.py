"""The catalog in the sandbox: products, prices, stock and shipment methods, which never change.

Start with `product_api` and `shipment_api`, the routes' actions; `product_rules` is what they
refuse. `product_tables` is data, from which `products`, `product_prices` and `stock_levels` compute
the answers. Nothing here reads or changes the state of a sandbox.
"""
