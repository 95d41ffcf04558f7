"""Lines of a display node into a real Home Assistant, down to the states that are written."""

import asyncio
import json
import logging
import socket
from binascii import crc32
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

WATCHES = ("custom_components/victron_espnow",)
URL = "/dev/fuzz"
_PATIENCE = 2000  # turns of the event loop
NODE, SENSOR, MAC = "246F28000001", "246F28000002", "C0FFEE000002"
_VECTORS = json.loads((Path(__file__).parents[2] / "protocol" / "vectors.json").read_text())
_REAL = {one["record_type"]: one for one in _VECTORS if one["kind"].startswith("real")}
HELLO = {
    "role": "display", "mac": NODE, "name": "Galley", "fw": "0.1.0", "line": 1, "radio": 1, "provisioned": True,
    "boot": 5, "boots": 3, "reset": "power_on", "uptime_s": 1, "mp": "1.29.0", "channel": 6, "heap_free": 90000,
}  # fmt: skip


def _colons(mac: str) -> str:
    return ":".join(mac[at : at + 2] for at in range(0, len(mac), 2))


def _mac(number: int) -> str:
    return f"{MAC[:-2]}{number:02X}"


_ADVERTS = [
    f"adv {_mac(at)} {SENSOR} -60 100 {one['manufacturer_data_hex']}".lower().encode()
    for at, one in enumerate(_REAL.values())
]
SEEDS = [
    *_ADVERTS,
    b"\n".join(_ADVERTS[:3]),
    b"hello " + json.dumps(HELLO).encode(),
    b'node {"mac":"%b","rssi":-70,"age_ms":5,"frames":7,"seen":9,"replaced":1,"sent":8,"dropped":0,"lost":2,'
    b'"state":"present","pending":1}' % SENSOR.encode(),
    b'node {"mac":"%b","name":"Bow","fw":"0.1.0","mp":"1.29.0","boots":3,"reset":"watchdog","uptime_s":99,'
    b'"interval_s":60,"order":5,"result":"bad_order"}' % SENSOR.encode(),
    b'health {"uptime_s":77,"fw":"0.1.0","heap_free":80000,"heap_low":70000,"lines":9,"unwritten":0,'
    b'"refused":{"bad_tag":1},"restarts":{"web":1},"foreign_radio":2,"channel":6,"most_at_once":3,"alarms":1}',
    b'health {"wifi":{"mode":"station","state":"connected","ip":"192.168.1.7","rssi":-60,"ssid":"Harbour"}}',
    b'alarm {"mac":"%b","kind":"soc_low","severity":"warning","state":"raised","since":5,"value":14.5,"limit":20}'
    % _mac(1).encode(),
    b'alarm {"mac":"%b","kind":"no_data","state":"cleared","since":1,"cause":"radio"}' % NODE.encode(),
    b'coverage {"node":"%b","heard":{"%b":-60,"%b":-99}}' % (SENSOR.encode(), _mac(1).encode(), _mac(2).encode()),
    b"log warning something happened",
    b'ack 1 ok {"macs":[]}\nack 2 error too_many_keys',
]  # fmt: skip


class _Writer:
    """Takes what Home Assistant sends, and answers as a node without a mind of its own."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def write(self, data: bytes) -> None:
        number, name = data.strip().split(b" ")[3:5]
        self._reader.feed_data(_sealed(b"ack %b ok {}" % number))
        if name == b"hello":
            self._reader.feed_data(_sealed(b"hello " + json.dumps(HELLO).encode()))

    def close(self) -> None:
        pass

    async def wait_closed(self) -> None:
        pass


class _Errors(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


_errors = _Errors()
_readers: list[asyncio.StreamReader] = []  # the one of the present connection
_stack = ExitStack()


def prepare() -> None:
    """Start Home Assistant with an entry and a device for each kind of record."""
    global _loop, _hub
    _loop = asyncio.new_event_loop()
    asyncio.set_event_loop(_loop)
    logging.getLogger().addHandler(_errors)
    _hub = _loop.run_until_complete(_set_up())
    for seed in SEEDS:
        feed(seal(seed))


async def _set_up() -> Any:
    from homeassistant.config_entries import ConfigSubentryData
    from homeassistant.loader import DATA_CUSTOM_COMPONENTS
    from homeassistant.setup import async_setup_component
    from pytest_homeassistant_custom_component.common import (
        MockConfigEntry,
        async_test_home_assistant,
    )

    import custom_components  # noqa: F401
    from custom_components.victron_espnow import link, link_keeper

    started = async_test_home_assistant(asyncio.get_running_loop(), config_dir=str(Path.cwd()))
    hass = await started.__aenter__()
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)

    async def open_port(_url: str) -> tuple[asyncio.StreamReader, _Writer]:
        reader = asyncio.StreamReader(limit=1 << 20)
        _readers[:] = [reader]
        return reader, _Writer(reader)

    for one in (
        patch("homeassistant.components.usb.USBDiscovery.async_setup"),
        patch("homeassistant.components.usb.scan_serial_ports", return_value=[]),
        patch.object(link, "open_port", open_port),
        patch.object(link_keeper, "RETRY_FIRST_S", 0),
        # Not a mock, which would keep every call for ever.
        patch("custom_components.victron_espnow.budget.Budget.take", lambda *_: True),
        patch("custom_components.victron_espnow.lovelace.async_serve"),
        patch("custom_components.victron_espnow.lovelace.async_register"),
    ):
        _stack.enter_context(one)
    # Its own port may be another Home Assistant's, such as the demo's.
    server = {"server_host": "127.0.0.1", "server_port": _free_port()}
    assert await async_setup_component(hass, "http", {"http": server})
    entry = MockConfigEntry(
        domain="victron_espnow",
        title="Fuzz",
        unique_id=_colons(NODE),
        data={"device": URL, "push_keys": True},
        options={"power_every": 0, "others_every": 0},
        subentries_data=[
            ConfigSubentryData(
                data={"mac": _colons(_mac(at)), "key": one["key_hex"] or "00" * 16},
                subentry_type="device",
                title=f"Device {at}",
                unique_id=_mac(at),
            )
            for at, one in enumerate(_REAL.values())
        ],
    )  # fmt: skip
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.runtime_data


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def seal(data: bytes) -> bytes:
    """Make each line one with its CRC."""
    return b"".join(_sealed(line) for line in data.split(b"\n"))


def _sealed(line: bytes) -> bytes:
    signed = b"#V1 7 " + line
    return b"\n%b *%08x\n" % (signed, crc32(signed))


def feed(sealed: bytes) -> None:
    """Let the hub read it; whatever it logs as an error is a crash, and it must go on reading."""
    _errors.records.clear()
    _loop.run_until_complete(_read(sealed + seal(b"log info the end")))
    for record in _errors.records:
        error = record.exc_info[1] if record.exc_info else None
        raise AssertionError(record.getMessage()[:300]) from error


async def _read(data: bytes) -> None:
    """Wait until all is read, or the port was opened anew: another board than ours is a reason for that."""
    lines = _hub.counters["lines"]
    (reader,) = _readers
    reader.feed_data(data)
    for _ in range(_PATIENCE):
        await asyncio.sleep(0)
        is_read = _hub.counters["lines"] > lines and not reader._buffer
        if _hub.connected and (is_read or _readers != [reader]):
            break
    else:
        task = _hub._link._task
        raise AssertionError("the hub reads no more") from (
            task.exception() if task.done() and not task.cancelled() else None
        )
    for _ in range(3):
        await asyncio.sleep(0)
