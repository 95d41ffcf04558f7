"""The one exception people see."""


class Failure(Exception):
    """One sentence: what is missing and what to do; `detail` holds a tool's own last words."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        """Keep the sentence for people and the detail for the curious."""
        super().__init__(sentence)
        self.detail = detail


class NoConnection(Failure):
    """No other way of bringing something needs to be tried."""
