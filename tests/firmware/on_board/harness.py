"""Runs one test function of one module in a fresh interpreter: harness.py MODULE FUNCTION PATHS..."""

import asyncio
import sys

module, function = sys.argv[1:3]
sys.path[:] = sys.argv[3:] + [".frozen"]

result = getattr(__import__(module), function)()
if result is not None:  # a coroutine
    asyncio.run(result)
print("passed")
