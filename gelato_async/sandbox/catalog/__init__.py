"""What can be bought in the sandbox: products, prices, stock and shipment methods.

Start with `assortment`, the one object that answers what an account can buy and at which price;
nothing in it changes. `entities` are the values it is made of, `built_in` and its like those of
every sandbox. `product_api` and `shipment_api` are the routes' actions, `product_rules` is
what they refuse. No other room computes a price, and this one reads no order.
"""
