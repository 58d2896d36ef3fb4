"""Doors for services: they come with a token of their own and not as a user (domain/services/tokens.py)."""
