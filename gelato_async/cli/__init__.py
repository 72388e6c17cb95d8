"""The command line: `gelato-async sample | submit | sandbox | demo`. May import anything; nothing imports it."""
