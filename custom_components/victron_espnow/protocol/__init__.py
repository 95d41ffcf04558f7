"""Formats shared by Home Assistant (CPython) and the boards (MicroPython): no I/O, no project imports."""
