"""Faults times moments: what becomes of each pair, judged by the same rules: `scripts/matrix`."""
