"""Golden cases: a proposal, its evidence and a policy, and what the product says of them, byte for byte."""
