"""The stream is cut as the protocol's own reader cuts it, however it comes in."""

from itertools import batched

from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.victron_espnow.lines import LineCutter
from custom_components.victron_espnow.protocol.serial_line import MAX_LINE, LineReader

LETTERS = st.sampled_from([b"#V1 1 adv x", b"#", b"\n", b"\r", b"\r\n", b"a", b"x" * 200, b"\x00"])
STREAMS = st.lists(LETTERS, max_size=60).map(b"".join)


@settings(deadline=None)  # the machine may be busy
@given(STREAMS, st.integers(1, 700))
def test_in_any_pieces_it_gives_the_same_lines(stream: bytes, size: int) -> None:
    cutter, reader = LineCutter(), LineReader()
    for piece in batched(stream, size, strict=False):
        assert cutter.feed(bytes(piece)) == reader.feed(bytes(piece))
        assert cutter.too_long == reader.too_long


def test_a_line_without_end_takes_no_memory() -> None:
    cutter = LineCutter()
    for _ in range(1000):
        assert cutter.feed(b"x" * 4096) == []
        assert len(cutter._begun) <= MAX_LINE + 1
    assert cutter.feed(b"\n#V1 1 log info here\n") == [b"#V1 1 log info here"]
    assert cutter.too_long == 1
