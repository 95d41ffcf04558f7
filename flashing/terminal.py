"""Questions, lines and progress bars; without a person at the terminal, no questions."""

import shutil
import sys
import textwrap
from collections.abc import Callable

from .errors import FlashError

BAR = 30


class Terminal:
    """Standard input and output."""

    def __init__(self, assume_yes: bool) -> None:
        self._assume_yes = assume_yes
        self._person = sys.stdin.isatty() and not assume_yes
        self._drawn = -1

    def say(self, text: str = "") -> None:
        """Write a line."""
        print(text, flush=True)

    def complain(self, error: FlashError) -> None:
        """Write what is wrong and what to do, between words where the line ends."""
        text = f"Error: {error.sentence}\n{error.advice}".rstrip()
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns
            lines = [
                textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
                for line in text.splitlines()
            ]
            text = "\n".join(lines)
        print(f"\n{text}", file=sys.stderr)

    def text(self, question: str, default: str, check: Callable[[str], None]) -> str:
        """Ask for a text until it passes the check."""
        while self._person:
            answer = input(f"{question} [{default}]: ").strip() or default
            try:
                check(answer)
            except FlashError as error:
                self.say(str(error))
            else:
                return answer
        return default

    def agrees(self, question: str) -> bool:
        """Ask for a yes; without a person only --yes is one."""
        if self._assume_yes:
            return True
        if not self._person:
            self.say(f"{question} Nobody is there to ask: no. (--yes says yes.)")
            return False
        return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")

    def number(self, question: str, most: int) -> int:
        """Ask for a number from 1 on."""
        if not sys.stdin.isatty():
            raise FlashError(
                "Several boards are plugged in.", f"Choose one with --port.\n{question}"
            )
        while True:
            answer = input(f"{question}\nNumber: ").strip()
            if answer.isdigit() and 1 <= int(answer) <= most:
                return int(answer)

    def bar(self, title: str) -> Callable[[int, int], None]:
        """Return what draws a progress bar; where nobody looks, a line now and then."""
        self._drawn = -1

        def draw(done: int, all_of_it: int) -> None:
            percent = 100 * done // all_of_it if all_of_it else 0
            step = percent if sys.stdout.isatty() else percent // 25 * 25
            if step == self._drawn:
                return
            self._drawn = step
            full = BAR * step // 100
            line = f"{title:<12} [{'#' * full}{'.' * (BAR - full)}] {step:3} %"
            if not sys.stdout.isatty():
                print(line, flush=True)
                return
            print(f"\r{line}", end="\n" if percent == 100 else "", flush=True)

        return draw
