"""Targets that run on CPython alone."""
