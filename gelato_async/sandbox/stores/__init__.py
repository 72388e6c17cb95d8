"""Connected stores in the sandbox: their products and the templates they are made from.

`store_api` has the routes, `store_rules` what they refuse, `store_products` the products and their
life, `templates` the fixed templates.
"""
