"""Counts of what was refused, by reason: nothing is lost without leaving a number."""

MAX_REASONS = 24


class Tally:
    """A dict of reason to count that cannot grow without limit."""

    def __init__(self) -> None:
        self.counts = {}

    def add(self, reason: str) -> None:
        """Count one more; reasons beyond the limit share one number."""
        if reason not in self.counts and len(self.counts) >= MAX_REASONS:
            reason = "other"
        self.counts[reason] = self.counts.get(reason, 0) + 1
