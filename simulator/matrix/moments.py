"""Moments: what boards and host are busy with when a fault strikes. One row each."""

import contextlib
import functools
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ..node import Node
from ..provision import settings
from ..standins._operations import DEEP_SLEEP
from .host import PATIENCE_S, StuckError
from .stage import NEW_DEVICE, Stage

type Strike = Callable[[], None]
type Act = Callable[[Stage], Awaitable[None]]

_BYTE_US = 87
_QUERY = 2
_SLEEP_S = 15
_GRACE_S = 125  # in which a node does not sleep yet
_SCAN_S = 1.5  # into a wake
_ALARM_S = 40
_NAME = "Heck"


async def _nothing(stage: Stage) -> None:
    """Need nothing."""


async def _no_complaints(stage: Stage) -> list[str]:
    return []


def _at_command(stage: Stage, strike: Strike) -> None:
    """Strike when the first bytes of the next command are out."""

    def begun() -> None:
        stage.world.timeline.after(20 * _BYTE_US, strike)

    stage.host.on_command = begun


@dataclass(frozen=True, slots=True)
class Moment:
    """One column: what has to be there, what is done, and when it is in the middle of it."""

    name: str
    about: str
    act: Act
    during: Callable[[Stage, Strike], None] = _at_command
    prepare: Act = _nothing
    check: Callable[[Stage], Awaitable[list[str]]] = _no_complaints
    blank: tuple[str, ...] = ()
    host_at: str = "display"
    writes_of: str = ""  # the board whose writes are moments, too
    changes: tuple[str, ...] = ()  # files of settings
    more_s: float = 0  # until readings are fresh again, beside the fault's own
    only_writes: bool = False
    slow: bool = False  # too much for a test


# set-up


async def _set_up(stage: Stage) -> None:
    """Give whatever is blank its keys, and the display node those of the devices."""
    for role in ("display", "sensor"):
        node = stage.node(role)
        if stage.stores.file(role, "config.json") is None:
            await stage.host.ask(node, "provision", **settings(node, role))
            await _provisioned(stage, node, role)
    for device in stage.source.devices[:NEW_DEVICE]:
        await _give_key(stage, device, device.name)


async def _provisioned(stage: Stage, node: Node, role: str) -> None:
    """Wait until it answers with its keys; a host that got no answer would begin anew."""
    end = stage.world.now + PATIENCE_S
    while stage.world.now < end:
        if "accepted" in (told := await stage.host.ask(node, "counters")) or "seen" in told:
            return
        await stage.world.sleep(0.3)
    raise StuckError(f"{role}: provisioned, and does not know it")


async def _give_key(stage: Stage, device: Any, name: str) -> None:
    mac = device.address.hex().upper()
    await stage.host.ask(stage.display, "key", mac=mac, key=device.key.hex(), name=name)


# pairing


async def _move(stage: Stage) -> None:
    await stage.host.ask(stage.display, "set", channel=11)
    await stage.resumes(PATIENCE_S, anything=True)


def _at_query(stage: Stage, strike: Strike) -> None:
    """Strike while the sensor node asks where the display node is."""

    def look(frame: Any) -> None:
        if frame.source == stage.sensor.mac and frame.message[1] & 0x3F == _QUERY:
            strike()

    stage.world.sniff(look)


# pushes


async def _keys(stage: Stage) -> None:
    """Another name for one, and a further one."""
    first = stage.source.devices[0]
    first.name = "Bug"
    await _give_key(stage, first, first.name)
    new = stage.source.devices[NEW_DEVICE]
    await _give_key(stage, new, new.name)


async def _keys_held(stage: Stage) -> list[str]:
    held = stage.stores.file("display", "keys.json") or {}
    names = [entry["name"] for entry in held.values()]
    return [] if "Bug" in names and len(names) == NEW_DEVICE + 1 else [f"keys are {names}"]


_OPTIONS = {"name": "Salon", "brightness": 90, "page_seconds": 20}


async def _options(stage: Stage) -> None:
    await stage.host.ask(stage.display, "set", **_OPTIONS)


async def _options_held(stage: Stage) -> list[str]:
    held = (stage.stores.file("display", "options.json") or {}).get("options", {})
    wrong = [name for name, value in _OPTIONS.items() if held.get(name) != value]
    return [f"option {name} is {held.get(name)}" for name in wrong]


async def _limits(stage: Stage) -> None:
    mac = stage.battery.address.hex().upper()
    await stage.host.ask(stage.display, "limits", mac=mac, soc_low=30, silent_s=300)


async def _limits_held(stage: Stage) -> list[str]:
    held = stage.stores.file("display", "limits.json") or {}
    entry = held.get(stage.battery.address.hex().upper(), [None])
    return [] if entry[0] == 300 else [f"limits are {held}"]


async def _order(stage: Stage) -> None:
    """Have the sensor node take another name, by radio."""
    mac = stage.sensor.mac.hex().upper()
    await stage.host.ask(stage.display, "node", mac=mac, name=_NAME)
    end = stage.world.now + PATIENCE_S
    while (await stage.host.ask(stage.display, "node", mac=mac))["pending"]:
        if stage.world.now > end:
            raise StuckError("an order is never confirmed")
        await stage.world.sleep(0.5)


async def _order_obeyed(stage: Stage) -> list[str]:
    held = (stage.stores.file("sensor", "options.json") or {}).get("options", {})
    return [] if held.get("name") == _NAME else [f"the sensor node's options are {held}"]


# starts


async def _restart_display(stage: Stage) -> None:
    await _restart(stage, stage.display)


async def _restart_sensor(stage: Stage) -> None:
    await _restart(stage, stage.sensor)


async def _restart(stage: Stage, node: Node) -> None:
    """Switch it off and on; it is back when it answers."""
    node.power_cycle()
    await stage.world.sleep(1)
    await stage.host.ask(node, "counters")
    await stage.world.sleep(2)  # the display node has its first frame by then


def _at_boot(which: str, stage: Stage, strike: Strike) -> None:
    def look(entry: dict[str, object]) -> None:
        if entry["event"] == "boot" and entry["node"] == stage.node(which).name:
            stage.world.timeline.after(int(_SCAN_S * 1e6) if stage.asleep else 100_000, strike)

    stage.world.observe(look)


# deep sleep


async def _fall_asleep(stage: Stage) -> None:
    stage.asleep = True
    await stage.sensor.command("set", sleep_s=_SLEEP_S)
    for device in stage.source.devices:  # two minutes of readings cost time
        device.silent = True
    await stage.world.sleep(_GRACE_S - 20)
    for device in stage.source.devices:
        device.silent = False
    await stage.world.until(lambda: stage.sensor.cause == DEEP_SLEEP, 4 * _SLEEP_S, 1)
    await stage.world.until(lambda: not stage.sensor.running, 2 * _SLEEP_S, 0.2)


async def _wake(stage: Stage) -> None:
    """Wait for a wake, and for the sleep behind it; a board that got power does not sleep for a while."""
    sensor = stage.sensor
    with contextlib.suppress(TimeoutError):
        await stage.world.until(lambda: sensor.running, 2 * _SLEEP_S, 0.05)
        await stage.world.until(
            lambda: not sensor.running or sensor.cause != DEEP_SLEEP, 2 * _SLEEP_S, 0.05
        )


async def _sleeps_again(stage: Stage) -> list[str]:
    """It sleeps again; after power came it stays awake for two minutes."""
    with contextlib.suppress(TimeoutError):
        await stage.world.until(lambda: not stage.sensor.running, _GRACE_S + 2 * _SLEEP_S, 0.5)
        await stage.world.until(lambda: stage.sensor.running, 2 * _SLEEP_S, 0.05)
        await stage.world.sleep(0.5)  # to answer the account's questions
        return []
    return ["the sensor node sleeps no more"]


# alarm


async def _raise(stage: Stage) -> None:
    mac = stage.battery.address.hex().upper()
    await stage.display.command("limits", mac=mac, soc_low=100, soc_critical=None)
    await stage.display.wait_line("alarm", _ALARM_S, lambda line: "raised" in line.payload)


async def _acknowledge(stage: Stage) -> None:
    await stage.host.ask(stage.display, "acknowledge")
    await stage.world.sleep(2)  # then it is noted


async def _still_stands(stage: Stage) -> list[str]:
    """The alarm stands, and the host that asks hears of it."""
    told: list[str] = []
    stage.display.on_line(lambda line: told.append(line.payload) if line.kind == "alarm" else None)
    for _ in range(_ALARM_S // 2):
        await stage.host.ask(stage.display, "hello")
        await stage.world.sleep(2)
        if any("soc_low" in one and "cleared" not in one for one in told):
            return []
    return ["no alarm stands any more"]


# page


async def _serve(stage: Stage) -> None:
    await stage.display.command("set", wifi_mode="ap")
    await stage.world.until(lambda: stage.display.serves_page, 10, 0.1)
    await stage.world.sleep(1)


async def _ask_page(stage: Stage) -> None:
    for _ in range(30):
        if await _answer_of_page(stage):
            return
        await stage.world.sleep(1)
    raise StuckError("the page does not answer")


_REQUEST = b"GET /api/state HTTP/1.1\r\nHost: 192.168.4.1\r\n\r\n"


async def _answer_of_page(stage: Stage) -> bool:
    """Ask for the state; half of the question first."""
    host, port = stage.display.web_url.removeprefix("http://").split(":")
    with socket.socket() as visitor:
        visitor.setblocking(False)
        visitor.connect_ex((host, int(port)))
        answer = b""
        for number in range(40):
            try:
                if number < 2:
                    visitor.send((_REQUEST[:20], _REQUEST[20:])[number])
                answer += visitor.recv(4096)
            except BlockingIOError:
                pass
            except OSError:
                return False
            if number == 0 and stage.on_visit is not None:
                stage.on_visit()
            if b'"devices"' in answer and answer.startswith(b"HTTP/1.1 200"):
                return True
            await stage.world.sleep(0.1)
    return False


def _at_visit(stage: Stage, strike: Strike) -> None:
    stage.on_visit = strike


async def _page_answers(stage: Stage) -> list[str]:
    await _ask_page(stage)
    return []


_CONFIGS = ("config.json", "keys.json")
MOMENTS = [
    Moment(
        "set-up", "The display node gets its keys.", _set_up,
        blank=("display", "sensor"), writes_of="display", changes=_CONFIGS,
    ),
    Moment(
        "set-up sensor", "The sensor node gets its keys, by a cable of its own.", _set_up,
        blank=("sensor",), host_at="sensor", writes_of="sensor", changes=_CONFIGS,
    ),
    Moment(
        "pairing", "The display node is on another channel; the sensor node searches.", _move,
        during=_at_query, writes_of="sensor", changes=("options.json",),
    ),
    Moment("keys", "A device gets another name, and a further one its key.", _keys,
           check=_keys_held, writes_of="display", changes=("keys.json",)),
    Moment("options", "Three options are set.", _options,
           check=_options_held, writes_of="display", changes=("options.json",)),
    Moment("limits", "A device gets limits.", _limits,
           check=_limits_held, writes_of="display", changes=("limits.json",)),
    Moment("order", "The sensor node gets an order by radio.", _order,
           check=_order_obeyed, writes_of="display", changes=("options.json",)),
    Moment("obeying", "The sensor node carries an order out.", _order, check=_order_obeyed,
           writes_of="sensor", changes=("options.json",), only_writes=True),
    Moment("start", "The display node starts.", _restart_display,
           during=functools.partial(_at_boot, "display"), writes_of="display"),
    Moment("start sensor", "The sensor node starts.", _restart_sensor,
           during=functools.partial(_at_boot, "sensor"), writes_of="sensor"),
    Moment("ceiling", "The display node notes how far a sensor node that starts has come.",
           _restart_sensor, writes_of="display", only_writes=True),
    Moment("wake", "A sensor node on a battery wakes.", _wake, during=functools.partial(_at_boot, "sensor"),
           prepare=_fall_asleep, check=_sleeps_again, more_s=_SLEEP_S, slow=True),
    Moment("alarm", "An alarm stands and is acknowledged.", _acknowledge, prepare=_raise,
           check=_still_stands, writes_of="display"),
    Moment("page", "Somebody looks at the node's page.", _ask_page, during=_at_visit, prepare=_serve,
           check=_page_answers),
]  # fmt: skip
