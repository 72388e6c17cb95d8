"""Connected stores in the sandbox: their products, and the templates from which they are created.

Start with `store_api`, the routes' actions; `store_rules` is what they refuse. `store_products` has
the products and their statuses, `product_documents` writes them. `template` is what a sandbox is
given, `built_in_templates` what it has by itself, and `templates` writes them; they never change.
Nothing here sends webhooks: the actions report a new or deleted product to `account.changes`.
"""
