"""Filling a database through the use cases: the office, its diary, and who comes."""
