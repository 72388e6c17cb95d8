"""The two APIs as data: routes, renames, what each cannot carry, rules, credentials.

They never import each other.
"""
