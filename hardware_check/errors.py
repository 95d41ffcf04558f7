"""What people see when it does not work."""


class CheckError(Exception):
    """One sentence on what is wrong, and one on what to do about it."""

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.sentence} {self.advice}".rstrip()


class PortGone(CheckError):
    """The port vanished while it was in use."""

    def __init__(self) -> None:
        super().__init__("The board is gone.", "Plug it in again and start once more.")


class Refused(CheckError):
    """The node answered a command with an error."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The node refused `{name}`: {reason}.")
        self.reason = reason
