"""What a person reads and is asked while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO


class Talk:
    """Sentences out, answers in."""

    def __init__(
        self,
        out: TextIO | None = None,
        ask: Callable[[str], str] | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """With `silent` nobody is there to be asked."""
        self._out = out or sys.stderr
        self._ask = ask or input
        self.silent = silent

    def say(self, text: str = "") -> None:
        """Tell something."""
        print(text, file=self._out, flush=True)

    def ready(self, text: str) -> bool:
        """Ask for something to be done; False when nobody does it."""
        if self.silent:
            return False
        return self._answer(f"{text}\n  Enter when done, s to skip: ") != "s"

    def number(self, text: str) -> float | None:
        """Ask for a number until it is one; nothing is no answer."""
        while not self.silent:
            answer = self._answer(f"{text}: ").replace(",", ".")
            if not answer or answer == "s":
                return None
            try:
                return float(answer)
            except ValueError:
                self.say("  A number, please, or just Enter to skip.")
        return None

    def _answer(self, text: str) -> str:
        try:
            return self._ask(text).strip().lower()
        except EOFError:  # nobody is there after all
            self.silent = True
            return "s"
