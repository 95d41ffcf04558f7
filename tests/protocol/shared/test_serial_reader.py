from noise import Noise
from protocol import serial_line

FIRST = serial_line.encode(1, "x", "first")
SECOND = serial_line.encode(2, "x", "second")
THIRD = serial_line.encode(3, "x", "third")


def payloads(*pieces):
    """What a receiver gets out of a stream that comes in these pieces."""
    reader = serial_line.LineReader()
    found = []
    for piece in pieces:
        for raw in reader.feed(piece):
            try:
                found.append(serial_line.parse(raw).payload)
            except serial_line.LineError:
                pass
    return found


def test_a_line_is_given_when_its_newline_comes():
    reader = serial_line.LineReader()
    assert reader.feed(FIRST[:-1]) == []
    assert reader.feed(FIRST[-1:]) == [FIRST.strip()]


def test_a_stream_may_be_cut_anywhere():
    stream = FIRST + SECOND + THIRD
    for cut in range(len(stream)):
        assert payloads(stream[:cut], stream[cut:]) == ["first", "second", "third"]
    assert payloads(*[stream[i : i + 1] for i in range(len(stream))]) == [
        "first",
        "second",
        "third",
    ]


def test_a_damaged_line_takes_no_other_with_it():
    for index in range(len(SECOND)):
        for damage in (b"", b"\x00", b"\xff", b"#", b"\n", b" "):
            if SECOND[index : index + 1] == damage:
                continue
            damaged = SECOND[:index] + damage + SECOND[index + 1 :]
            found = payloads(FIRST + damaged + THIRD)
            assert found in (["first", "third"], ["first", "second", "third"])


def test_lines_glued_together_by_lost_newlines_are_all_read():
    glued = b"".join([FIRST.strip(), SECOND.strip(), THIRD.strip()])
    assert payloads(glued + b"\n") == ["first", "second", "third"]


def test_a_cut_line_directly_before_a_whole_one_is_the_only_loss():
    for cut in range(1, len(FIRST) - 1):
        assert payloads(FIRST[:cut] + SECOND.strip() + b"\n") in (["second"], ["first", "second"])


def test_boot_noise_before_a_line_does_no_harm():
    for noise in (b"ets Jul 29 2019", b"\x00\x00", b"\xff\x80\xfe", b"##V#V1", b"\r", b">>> "):
        assert payloads(noise + FIRST + noise + SECOND.strip() + b"\n") == ["first", "second"]


def test_newlines_turned_into_crlf_are_accepted():
    assert payloads((FIRST + SECOND).replace(b"\n", b"\r\n")) == ["first", "second"]


def test_other_text_is_handed_on_for_whoever_wants_to_show_it():
    reader = serial_line.LineReader()
    assert reader.feed(b"MicroPython v1.29\r\n>>> ") == [b"MicroPython v1.29"]


def test_endless_garbage_is_counted_once_and_takes_no_memory():
    reader = serial_line.LineReader()
    for _ in range(40):
        assert reader.feed(b"x" * 100) == []
    assert reader.too_long == 0
    assert reader.feed(FIRST) == [FIRST.strip()]
    assert reader.too_long == 1
    assert len(reader._buffer) == serial_line.MAX_LINE


def test_a_line_of_exactly_the_limit_is_kept_and_one_more_byte_is_not():
    for extra in (0, 1):
        reader = serial_line.LineReader()
        lines = reader.feed(b"x" * (serial_line.MAX_LINE + extra) + b"\n")
        assert [len(line) for line in lines] == [serial_line.MAX_LINE][extra:]
        assert reader.too_long == extra


def test_the_next_line_is_read_even_if_the_too_long_one_lost_its_newline():
    assert payloads(b"x" * 5000 + FIRST.strip() + b"\n") == ["first"]


def test_whatever_noise_came_before_a_line_after_it_is_read():
    noise = Noise(5)
    for _ in range(60):
        assert payloads(noise.data(noise.below(700)) + FIRST)[-1:] == ["first"]
