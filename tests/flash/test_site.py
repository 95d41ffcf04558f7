"""The site file: secret, whole or not at all, and numbers that put every board ahead of its past."""

import json
import stat
from pathlib import Path

import pytest

from flashing.errors import FlashError
from flashing.protocol_route import module
from flashing.site import HIGHEST_SEED, MOST_STARTS, Board, default_path, open_site

MAC = "240AC4112233"
NOW = 1_795_000_000


# A board's values of another kind than was written.
BOARDS = (
    '{"role": "sensor", "name": "Locker", "epoch": {}, "site_tag": 5}',
    '{"role": "sensor", "name": "Locker", "epoch": -1, "site_tag": 5}',
    '{"role": "sensor", "name": ["Locker"], "epoch": 1, "site_tag": 5}',
    '{"role": null, "name": "Locker", "epoch": 1, "site_tag": 5}',
    '{"role": "sensor"}',
)
SITE = '{"version": 1, "site_key": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "boards": {"240AC4112233": BOARD}}'
DAMAGED = [SITE.replace("BOARD", board) for board in BOARDS]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "site.json"


def test_the_first_board_makes_it_and_nobody_else_may_read_it(path: Path):
    first = open_site(path)
    assert first.is_new
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not open_site(path).is_new
    assert open_site(path).key == first.key
    assert open_site(path.with_name("other.json")).key != first.key


def test_a_file_that_others_may_read_is_closed_again(path: Path):
    open_site(path)
    path.chmod(0o644)
    open_site(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_lies_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path() == tmp_path / "victron-espnow" / "site.json"


def test_a_display_node_gets_the_site_key_and_a_sensor_node_only_its_own(path: Path):
    site = open_site(path)
    display = site.settings("display", "Galley", MAC, NOW)
    sensor = site.settings("sensor", "Locker", MAC, NOW)
    assert display["site_key"] == site.key.hex()
    assert site.key.hex() not in json.dumps(sensor)
    authentication = module("authentication")
    assert sensor["node_key"] == authentication.node_key(site.key, bytes.fromhex(MAC)).hex()
    assert sensor["site_tag"] == authentication.site_tag(site.key)


def test_a_board_that_is_flashed_again_is_ahead_of_its_past(path: Path):
    site = open_site(path)
    first = site.epoch_seed(MAC, NOW)
    assert first == NOW
    site.note(MAC, site.settings("sensor", "Locker", MAC, NOW))
    again = open_site(path)
    assert again.epoch_seed(MAC, NOW + 600) == NOW + 600


def test_a_clock_that_was_ahead_once_does_not_lock_a_board_out(path: Path):
    site = open_site(path)
    wrong = NOW + 5 * 365 * 86400
    site.note(MAC, site.settings("sensor", "Locker", MAC, wrong))
    assert open_site(path).epoch_seed(MAC, NOW) == wrong + MOST_STARTS


def test_when_no_number_is_left_it_says_so(path: Path):
    site = open_site(path)
    site.boards[MAC] = Board("sensor", "Locker", HIGHEST_SEED, site.tag)
    with pytest.raises(FlashError, match="No epoch is left"):
        site.epoch_seed(MAC, NOW)


def test_after_a_change_of_keys_the_boards_of_the_former_one_are_named(path: Path):
    site = open_site(path)
    site.note(MAC, site.settings("sensor", "Locker", MAC, NOW))
    assert site.of_former_key() == []
    former = site.key
    site.rekey()
    again = open_site(path)
    assert again.key != former
    assert again.of_former_key() == [f"sensor 'Locker' ({MAC})"]
    again.note(MAC, again.settings("sensor", "Locker", MAC, NOW + 1))
    assert again.of_former_key() == []


def test_each_board_has_a_name_of_its_own_and_keeps_it(path: Path):
    site = open_site(path)
    assert site.name_for(MAC, "Sensor") == "Sensor"
    site.note(MAC, site.settings("sensor", "Sensor", MAC, NOW))
    assert site.name_for("240AC4000002", "Sensor") == "Sensor 2"
    site.note("240AC4000002", site.settings("sensor", "Sensor 2", "240AC4000002", NOW))
    assert site.name_for("240AC4000003", "Sensor") == "Sensor 3"
    assert site.name_for(MAC, "Sensor") == "Sensor"


def test_a_file_that_is_no_text_is_named(path: Path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(FlashError, match="damaged"):
        open_site(path)
    assert path.read_bytes() == b"\xff\xfe{"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 1, "site_key": "ab", "boards": {}}',
        *DAMAGED,
    ],
)
def test_a_damaged_file_is_never_replaced(path: Path, text: str):
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(FlashError, match="damaged"):
        open_site(path)
    assert path.read_text() == text


def test_a_newer_file_is_named(path: Path):
    path.parent.mkdir()
    path.write_text('{"version": 2}')
    with pytest.raises(FlashError, match="version 2"):
        open_site(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FlashError, match="cannot be"):
        open_site(tmp_path / "file" / "site.json")
