"""Formats that Home Assistant (CPython) and the boards (MicroPython) share: no I/O."""
