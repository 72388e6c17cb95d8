"""Connected stores in the sandbox: their products, and the templates from which they are created.

Start with `store_api`, the routes' actions; `store_rules` is what they refuse. `store_products` has
the products and their statuses, `product_documents` writes them, `templates` are data that never
change. Nothing here sends webhooks: the actions report a new or deleted product to `state.changes`.
"""
