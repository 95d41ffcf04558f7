"""Victron devices as models: one electrical world, and what each device says about it."""
