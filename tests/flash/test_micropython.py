"""MicroPython's file: what it must be, and downloads that go right, break off, lie or hang."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flashing import esp_image, micropython
from flashing.chips import CHIPS, ESP32, Chip, by_key
from flashing.errors import FlashError

from .stand_in.firmware import micropython as made
from .stand_in.firmware import row

NAME = micropython.file_name(ESP32)
UNKNOWN = by_key("esp32c6")  # nobody has published a digest of its file


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.key)
def test_a_whole_file_of_the_right_chip_is_taken(chip: Chip):
    found = esp_image.checked(made(chip), chip)
    assert (found.version, found.vfs_offset) == ("v1.29.0", 0x200000)


def test_a_file_system_partition_of_older_versions_begins_where_the_rest_ends():
    rows = (row(0, 0, 0x10000, 0x1F0000, "factory"), row(1, 0x81, 0x200000, 0x200000, "vfs"))
    assert esp_image.checked(made(ESP32, rows=rows), ESP32).vfs_offset == 0x200000


def test_a_table_with_two_applications_moves_the_file_system():
    rows = (row(0, 0x10, 0x10000, 0x180000, "ota_0"), row(0, 0x11, 0x190000, 0x180000, "ota_1"))
    assert esp_image.checked(made(ESP32, rows=rows), ESP32).vfs_offset == 0x310000


def test_another_chips_file_is_named():
    with pytest.raises(FlashError, match="is for the ESP32-S3, the board has an ESP32-C3"):
        esp_image.checked(made(CHIPS[1]), CHIPS[2])


@pytest.mark.parametrize("start", [0, 0x10000 - ESP32.offset])
def test_a_file_whose_digest_was_switched_off_is_not_taken(start: int):
    content = bytearray(made(ESP32))
    content[start + 23] = 0
    with pytest.raises(FlashError, match="no digest of its own"):
        esp_image.checked(bytes(content), ESP32)


@pytest.mark.parametrize("at", [0x40, 0x7010, 0xF000 + 500])
def test_a_damaged_file_is_noticed(at: int):
    content = bytearray(made(ESP32))
    content[at] ^= 0x10
    with pytest.raises(FlashError, match=r"damaged|cut short"):
        esp_image.checked(bytes(content), ESP32)


@pytest.mark.parametrize("left", [0, 10, 100, 0x7000, 0xF000, 0xF100, -1, -40])
def test_a_file_that_is_cut_short_is_noticed(left: int):
    with pytest.raises(FlashError):
        esp_image.checked(made(ESP32)[:left], ESP32)


@pytest.mark.parametrize("content", [b"", b"<html>", bytes(4096), b"\xff" * 4096])
def test_something_else_is_no_firmware(content: bytes):
    with pytest.raises(FlashError, match="no firmware"):
        esp_image.checked(content, ESP32)


def test_a_file_without_a_known_digest_is_not_called_verified(tmp_path: Path):
    (tmp_path / "mine.bin").write_bytes(made(ESP32))
    assert "not verified" in micropython.from_file(tmp_path / "mine.bin", ESP32).check


def test_digests_are_of_files_that_are_downloaded():
    names = {micropython.file_name(chip) for chip in CHIPS}
    assert set(micropython.KNOWN_SHA256) <= names
    assert micropython.file_name(UNKNOWN) not in micropython.KNOWN_SHA256
    assert all(len(bytes.fromhex(digest)) == 32 for digest in micropython.KNOWN_SHA256.values())


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path: Path):
    assert NAME in micropython.KNOWN_SHA256
    (tmp_path / NAME).write_bytes(made(ESP32))
    with pytest.raises(FlashError, match="is not the file that others got"):
        micropython.from_file(tmp_path / NAME, ESP32)


# downloads


class Site:
    """micropython.org on loopback, with moods."""

    def __init__(self) -> None:
        self.content = made(UNKNOWN)
        self.status, self.sent = 200, len(self.content)
        self.hang = threading.Event()
        self.hang.set()
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                self.send_response(site.status)
                self.send_header("Content-Length", str(len(site.content)))
                self.end_headers()
                self.wfile.write(site.content[: site.sent])
                self.wfile.flush()
                site.hang.wait(5)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    thread = threading.Thread(target=one.server.serve_forever, args=(0.01,))
    thread.start()
    yield one
    one.hang.set()
    one.server.shutdown()
    one.server.server_close()
    thread.join()


def fetch(site: Site, folder: Path, chip: Chip = UNKNOWN) -> micropython.Found:
    return micropython.fetch(chip, lambda _done, _all: None, site.url, folder, timeout=0.3)


def test_a_download_is_told_about_kept_and_not_repeated(site: Site, tmp_path: Path):
    told: list[tuple[int, int]] = []
    args = (site.url, tmp_path, 0.3)
    first = micropython.fetch(UNKNOWN, lambda *one: told.append(one), *args)
    assert first.firmware.content == site.content
    assert told[-1] == (len(site.content), len(site.content))
    assert fetch(site, tmp_path).firmware == first.firmware
    assert site.asked == [f"/resources/firmware/{micropython.file_name(UNKNOWN)}"]


def test_a_damaged_file_in_the_cache_is_downloaded_again(site: Site, tmp_path: Path):
    (tmp_path / micropython.file_name(UNKNOWN)).write_bytes(site.content[:-100])
    assert fetch(site, tmp_path).firmware.content == site.content


def test_a_download_that_breaks_off_is_not_kept(site: Site, tmp_path: Path):
    site.sent = 1000
    with pytest.raises(FlashError, match=r"cut short|cannot be downloaded"):
        fetch(site, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_download_that_hangs_ends(site: Site, tmp_path: Path):
    site.sent = 1000
    site.hang.clear()
    with pytest.raises(FlashError, match="timed out"):
        fetch(site, tmp_path)


def test_a_tampered_download_is_refused(site: Site, tmp_path: Path):
    site.content = site.content[:-500] + bytes(500)
    with pytest.raises(FlashError, match="damaged"):
        fetch(site, tmp_path)
    site.content = made(ESP32)
    site.sent = len(site.content)
    with pytest.raises(FlashError, match="SHA-256 differs"):
        fetch(site, tmp_path, ESP32)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_there_is_named_with_what_to_do(site: Site, tmp_path: Path):
    site.status = 404
    with pytest.raises(FlashError, match="404") as caught:
        fetch(site, tmp_path)
    assert "--micropython" in caught.value.advice


def test_without_a_connection_it_says_so(tmp_path: Path):
    with pytest.raises(FlashError, match="cannot be downloaded"):
        micropython.fetch(ESP32, lambda *_: None, "http://127.0.0.1:9", tmp_path, 1)
