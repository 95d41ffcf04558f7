"""Looks at every new reading, at who fell silent, and tells the host what became of it."""

import asyncio

from display.alarm_rules import (
    FINE,
    NO_DATA,
    SILENT,
    WARNING,
    WRONG,
    judge,
    voltage_of,
)
from display.alarms import Alarms
from display.keys import UNPROVED
from display.readings import Reading, kind_of
from node.allowance import Allowance
from node.borrowed import Borrowed, seldom
from protocol.errors import ProtocolError
from protocol.records import is_encrypted
from protocol.serial_payloads import encode_json

LOOK_MS = 1000
SEEN_MS = 30_000  # a device heard lately; only that ends an alarm of its silence
LINES_AT_ONCE = 12
LINE_EVERY_MS = 1000
DEVICE, RADIO = "device", "radio"  # whose silence it is


class Watch:
    """Feeds the alarms and empties them towards the host."""

    def __init__(self, app, registry, keys, limits) -> None:
        self._app = app
        self._registry = registry
        self._keys = keys
        self._limits = limits
        self._nodes = None  # none are known before the node is provisioned
        self._lines = Allowance(LINES_AT_ONCE, LINE_EVERY_MS)
        self.alarms = Alarms()
        notes = _notes()
        if notes.problem:
            app.log.warning("acknowledged.json: " + notes.problem)
        if notes:
            self.alarms.notes = notes
        self._records = {}  # every kind there is: what of it alarms look at, False before it was heard
        self._prover = None  # only while keys are in doubt
        self.held_back = 0  # lines that had to wait: nothing is lost, the newest state follows
        self._on_change = []  # called when people should look or listen

    def on_change(self, callback) -> None:
        """Call back whenever an alarm begins, ends or is acknowledged."""
        self._on_change.append(callback)

    def use_nodes(self, nodes) -> None:
        """Watch sensor nodes as well."""
        self._nodes = nodes

    async def run(self, pulse) -> None:
        """Look once a second."""
        while True:
            pulse.beat()
            self.look()
            await asyncio.sleep_ms(LOOK_MS)

    def look(self) -> None:
        """Judge what is new."""
        now = self._app.uptime.seconds()
        in_doubt = []
        for device in list(self._registry.devices.values()):
            key = self._keys.key_of(device.mac)
            if key is not None:
                reading = self._news_of(device, key)
                doubt = self._keys.doubts.get(device.mac)
                if reading and (not doubt or not is_encrypted(reading.record_type)):
                    self._judge(device, reading, now)
                elif reading and not reading.values:  # a record without known fields proves nothing
                    self._keys.doubts.pop(device.mac)
                elif reading and doubt == UNPROVED:
                    in_doubt.append(device)
                self._judge_silence(device, now)
        if in_doubt:
            if self._prover is None:
                with Borrowed("display.proving") as proving:
                    self._prover = proving.Prover(self._keys, self._app.log)
            self._prover.take(in_doubt)
            if self._prover.at_rest:
                self._prover = None
        self._judge_missing(now)
        for node in self._nodes.present() if self._nodes else ():
            finding = (NO_DATA, WARNING, WRONG if node.is_lost() else FINE, RADIO, None)
            self.alarms.take(node.mac, finding, now)
        self.alarms.end_test(now)
        notes = self.alarms.notes
        if notes is not None and notes.changed:
            notes.keep(self._app.log)
            self.alarms.notes = notes if notes else None
        self._tell(now)

    @seldom
    def snapshot(self) -> None:
        """Tell the host of every alarm that stands."""
        for alarm in self.alarms.active():
            alarm.told = False
        self._tell(self._app.uptime.seconds())

    def test(self, severity: str) -> None:
        """Ring for a few seconds as if something were wrong."""
        self.alarms.test(self._app.radio.mac, severity, self._app.uptime.seconds())
        self._changed()

    @seldom
    def acknowledge(self, mac=None) -> bool:
        """Take note; tell whether there was anything to take note of."""
        found = self.alarms.acknowledge(mac)
        if found:
            if self.alarms.notes is None:
                self.alarms.notes = _notes()
            self.alarms.notes.take(found)
        self._changed()
        return bool(found)

    @seldom
    def health(self) -> dict:
        """Return how many alarms stand, and whether there were too many."""
        health = {"alarms": len(self.alarms.active())}
        if self.alarms.overflown:
            health["alarms_overflown"] = self.alarms.overflown
        return health

    def _news_of(self, device, key: bytes):
        """Return a device's reading once, None when there is no new one."""
        if device.judged == device.nonce:
            return None
        device.judged = device.nonce
        try:
            return Reading(device.md, key, self._record_of(kind_of(device.md)))
        except ProtocolError:
            return None  # the face names a wrong key; the host judges it

    def _record_of(self, kind: int):
        """Return what alarms look at in a kind of record: once from flash, never if there is no such kind."""
        records = self._records
        if not records or records.get(kind) is False:
            with Borrowed("display.layouts") as layouts:
                layouts.learn(records, kind)
        return records.get(kind)

    def _judge(self, device, reading, now: int) -> None:
        """Judge a reading."""
        volts = voltage_of(reading)
        if volts is not None:
            device.volts = max(device.volts, volts)
        limits = self._limits.of(device.mac, reading.record_type, device.volts)
        for finding in judge(reading, limits):
            self.alarms.take(device.mac, finding, now)

    def _judge_silence(self, device, now: int) -> None:
        """A device is silent for as long as the sensor node that knows it is heard without it.

        The silence of the sensor node itself is that node's alarm; once is enough.
        """
        silent_s = self._limits.of(device.mac, device.record_type, 0)[SILENT]
        node = self._nodes.nodes.get(device.node) if self._nodes else None
        silent_ms = device.age_ms() - node.age_ms() if node else 0
        is_silent = silent_s is not None and silent_ms > silent_s * 1000
        finding = (NO_DATA, WARNING, WRONG if is_silent else FINE, DEVICE, None)
        if is_silent or device.age_ms() < SEEN_MS:
            self.alarms.take(device.mac, finding, now)

    def _judge_missing(self, now: int) -> None:
        """A device that was never heard since the start is missed if somebody set limits for it."""
        if not self._nodes or not any(not node.is_lost() for node in self._nodes.present()):
            return
        for mac in self._limits.expected():
            silent_s = self._limits.of(mac, -1, 0)[SILENT]
            if mac not in self._registry.devices and silent_s is not None and now > silent_s:
                self.alarms.take(mac, (NO_DATA, WARNING, WRONG, DEVICE, None), now)

    def _tell(self, now: int) -> None:
        """Write a line for each state the host does not know, no more than it can follow."""
        untold = self.alarms.untold()
        if untold:
            self._tell_of(untold, now)

    @seldom
    def _tell_of(self, alarms: list, now: int) -> None:
        for alarm in alarms:
            if not (self._lines.take() and self._send(alarm.line(now))):
                self.held_back += 1
                return
            self.alarms.tell(alarm)
            self._changed()

    def _send(self, fields: dict) -> bool:
        return self._app.port.send("alarm", encode_json(fields))

    def _changed(self) -> None:
        for callback in self._on_change:
            callback()


def _notes():
    """Return what was noted, as it is in flash."""
    with Borrowed("display.notes") as notes:
        return notes.Notes()
