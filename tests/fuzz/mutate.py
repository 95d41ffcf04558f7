"""Changes to an input: bytes, lines, and what stands in JSON."""

import contextlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

MOST = 2048  # bytes of an input
_TORN = ("", "{", '{"', "[", "\x00", "nul")
_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**63, 2**64, -(2**31), 10**30,
    0.0, -0.0, 0.5, 1e10, 1e308, -1e308, float("nan"), float("inf"), "", " ", "a", "0", "-1", "é", "\u20ac",
    "\U0001f600", "\ud800", "#", "\n", "\x00", '"', "\\", "x" * 33, "x" * 300, "ff" * 16, "00" * 6,
    "C00000A1A201", [], {}, [[]], [{}], {"": ""}, [0] * 50, ["a"] * 30,
]  # fmt: skip


class Mutator:
    """Makes new inputs of old ones."""

    def __init__(self, random: Random, words: list[bytes]) -> None:
        self._random = random
        self._words = words or [b"\x00"]

    def changed(self, data: bytes, other: bytes) -> bytes:
        """Return an input that differs, now and then by much; `other` is one to take pieces of."""
        random = self._random
        if random.random() < 0.5 and (found := self._in_json(data)) is not None:
            return found[:MOST]
        ways: tuple[Callable[[bytearray], None], ...] = (
            self._flip, self._set, self._add, self._insert, self._remove, self._double, self._word, self._word,
            self._over,
        )  # fmt: skip
        changed = bytearray(self._crossed(data, other) if random.random() < 0.1 else data)
        for _ in range(1 << random.choice((0, 0, 0, 1, 1, 2, 3))):
            random.choice(ways)(changed)
        return bytes(changed[:MOST])

    def _at(self, data: bytearray) -> int:
        return self._random.randrange(len(data)) if data else 0

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self._at(data)] ^= 1 << self._random.randrange(8)

    def _set(self, data: bytearray) -> None:
        if data:
            data[self._at(data)] = self._random.choice(
                (0, 1, 0x7F, 0x80, 0xFF, self._random.randrange(256))
            )

    def _add(self, data: bytearray) -> None:
        if data:
            at = self._at(data)
            data[at] = data[at] + self._random.choice((-2, -1, 1, 2, 16)) & 0xFF

    def _insert(self, data: bytearray) -> None:
        at = self._random.randrange(len(data) + 1)
        data[at:at] = self._random.randbytes(self._random.choice((1, 1, 2, 4, 16)))

    def _remove(self, data: bytearray) -> None:
        at = self._at(data)
        del data[at : at + self._random.choice((1, 1, 2, 4, 16, len(data)))]

    def _double(self, data: bytearray) -> None:
        at = self._at(data)
        piece = data[at : at + self._random.choice((1, 2, 8, 40))]
        data[at:at] = piece * self._random.choice((1, 1, 2, 20))

    def _word(self, data: bytearray) -> None:
        at = self._random.randrange(len(data) + 1)
        data[at:at] = self._random.choice(self._words)

    def _over(self, data: bytearray) -> None:
        at, word = self._at(data), self._random.choice(self._words)
        data[at : at + len(word)] = word

    def _crossed(self, data: bytes, other: bytes) -> bytes:
        at, there = self._at(bytearray(data)), self._at(bytearray(other))
        return data[:at] + other[there:]

    # JSON on a line of its own, or behind some words: what stands around it stays

    def _in_json(self, data: bytes) -> bytes | None:
        lines = data.split(b"\n")
        places = [number for number, line in enumerate(lines) if b"{" in line]
        if not places:
            return None
        at = self._random.choice(places)
        head, brace, text = lines[at].partition(b"{")
        content: Any = None
        with contextlib.suppress(ValueError, RecursionError):
            content = json.loads((brace + text).decode("utf-8", "surrogatepass"))
        if not isinstance(content, dict):
            return None
        for _ in range(self._random.choice((1, 1, 2, 3))):
            content = self._other(content)
        new = json.dumps(content)
        if self._random.random() < 0.1:
            new = new[: self._random.randrange(len(new) + 1)] + self._random.choice(_TORN)
        lines[at] = head + new.encode("utf-8", "surrogatepass")
        return b"\n".join(lines)

    def _other(self, value: Any) -> Any:
        """Return a value in which something is another thing."""
        random = self._random
        if isinstance(value, dict) and value and random.random() < 0.8:
            name = random.choice(list(value))
            way = random.randrange(6)
            if way == 0:
                return {one: kept for one, kept in value.items() if one != name}
            if way == 1:
                return {**value, self._text(): self._any(value[name])}
            if way == 2:
                return {self._text() if one == name else one: kept for one, kept in value.items()}
            return {**value, name: self._other(value[name])}
        if isinstance(value, list) and value and random.random() < 0.7:
            at = random.randrange(len(value))
            if random.random() < 0.3:
                return value[:at] + value[at:] * random.choice((1, 2, 9))
            return [*value[:at], self._other(value[at]), *value[at + 1 :]]
        if isinstance(value, int) and not isinstance(value, bool) and random.random() < 0.5:
            return value + random.choice((-1, 1, 256, -value, value, 1 << random.randrange(64)))
        if isinstance(value, str) and value and random.random() < 0.5:
            data = bytearray(value.encode("utf-8", "replace"))
            random.choice((self._flip, self._insert, self._remove, self._double, self._word))(data)
            return data.decode("utf-8", "replace")
        return self._any(value)

    def _any(self, value: Any) -> Any:
        random = self._random
        way = random.randrange(8)
        if way == 0:
            return [value]
        if way == 1:
            return {self._text(): value}
        if way == 2:
            return self._text()
        return random.choice(_VALUES)

    def _text(self) -> str:
        return self._random.choice(self._words).decode("utf-8", "replace")
