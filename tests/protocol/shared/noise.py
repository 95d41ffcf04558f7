"""Noise that is the same in every run and on both interpreters."""


class Noise:
    """A linear congruential generator; only its upper bits are handed out."""

    def __init__(self, seed):
        self._state = seed

    def below(self, limit):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % limit

    def data(self, length):
        return bytes([self.below(256) for _ in range(length)])
