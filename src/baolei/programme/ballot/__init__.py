"""Ballots that nobody can trace and anybody can check: credentials, bytes, proofs (docs/decisions/0009-one-urn.md)."""
