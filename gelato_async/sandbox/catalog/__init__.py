"""The catalog in the sandbox: products, prices, stock and shipment methods, all fixed.

`product_api` and `shipment_api` are the routes, `product_rules` what they refuse;
`product_tables` is the data that the others are made from.
"""
