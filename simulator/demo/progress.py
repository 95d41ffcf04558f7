"""The progress lines that all commands of the project have."""

from simulator.interpreter import find_toolchain

find_toolchain()
from toolchain.progress import say, step  # noqa: E402

__all__ = ["say", "step"]
