"""The parts of a sensor node, joined."""

import asyncio
import binascii
import gc
import time

from node import version
from node.age import age_ms
from node.borrowed import seldom
from sensor.downlink import Downlink
from sensor.errands import Errands
from sensor.home import Home
from sensor.hunt import Hunt
from sensor.past import Past
from sensor.session import Session
from sensor.uplink import LEAP_MS, Uplink

WATCH_MS = 5000
WATCH_AWAKE_MS = 250  # while the node sleeps between


class SensorNode:
    """Adds to the app what a sensor node does."""

    def __init__(self, app, link, table, scanner) -> None:
        self._app = app
        self._link = link
        self._table = table
        self._scanner = scanner
        home = Home()
        self._past = Past(app.kept, app.woke)
        self._session = Session(
            app.config, app.epoch, link, self._frame_counters, self._past.sequence
        )
        self._downlink = Downlink(link, scanner, self._session)
        app.more_measures = ("sensor.measures", (link, self._downlink, self._session, home))
        self._hunt = Hunt(link, self._downlink, self._session, home)
        self._errands = Errands(app, self._past, self._state)
        self._uplink = Uplink(
            table, link, self._downlink, self._session, home, self._hunt, self._errands, app.log
        )
        app.commands.append(("sensor.commands", (app, self._errands)))

    def prepare(self) -> None:
        """Start nothing on the radio before a key is there to prove who speaks."""
        app = self._app
        app.options.add_table("sensor.option_table")
        if not app.config.provisioned:
            app.log.info("not provisioned: neither sending nor listening")
            return
        app.more_counters = self._counters
        app.refusals.append(self._session.refused)
        self._use_options(("allow", "scan_duty"))
        app.options.on_change(self._use_options)
        app.add_task("uplink", self._uplink.run)
        app.add_task("scan", self._watch_scan)
        self._link.open()

    @seldom
    def _use_options(self, names) -> None:
        options = self._app.options
        if "allow" in names:
            self._table.allow([binascii.unhexlify(one) for one in options["allow"]])
        if "scan_duty" in names:
            self._scanner.set_duty(options["scan_duty"])
            if self._scanner.running:
                self._scanner.start()

    async def _watch_scan(self, pulse) -> None:
        """Keep the scan going, tell what it finds, and see to it that a battery lasts."""
        app = self._app
        known = faults = 0
        since = time.ticks_ms()
        while True:
            pulse.beat()
            if not self._scanner.running and not self._scanner.paused:
                self._scanner.start()
                app.log.info("scan started")
            if app.options["sleep_s"]:
                from sensor import duty

                duty.sleep_if_done(self, app, age_ms(since, time.ticks_ms()))
            await asyncio.sleep_ms(WATCH_AWAKE_MS if app.options["sleep_s"] else WATCH_MS)
            if self._scanner.faults != faults:
                faults = self._scanner.faults
                app.log.fault("scan", self._scanner.last_fault)
            if len(self._table) != known:
                known = len(self._table)
                app.log.info(f"{known} Victron devices in the air")
            self._link.forget_strangers()

    def is_settled(self) -> bool:
        """Tell whether the display node has, and has confirmed, what this wake was for."""
        return self._uplink.receipts > 0 and not self._table.unsent and not self._errands.due

    @seldom
    def put_by(self, sleep_s: int) -> None:
        """Leave everything as the next wake needs it, and the radios off."""
        past = self._past
        past.unproved_s = 0 if self._uplink.receipts else past.unproved_s + sleep_s
        if past.unproved_s >= LEAP_MS // 1000:
            past.unproved_s = 0
            self._session.leap()
        past.sequence = self._session.sequence
        self._uplink.sending = 0  # nobody has confirmed what is under way
        past.counters = self._frame_counters()
        past.save()
        self._scanner.pause()
        self._link.close()

    def _frame_counters(self) -> tuple:
        """Return what every frame's header tells: seen, replaced, sent, dropped."""
        table = self._table
        seen, replaced, sent, dropped = self._past.counters
        return (
            seen + table.seen,
            replaced + table.replaced,
            sent + self._uplink.sent + self._uplink.sending,
            dropped + table.dropped,
        )

    @seldom
    def _state(self) -> tuple:
        """Return numbers by name and texts of a state frame (protocol/radio_state.py)."""
        app = self._app
        link = self._link
        values = self._counters()
        values.update(
            {
                "uptime_s": app.uptime.seconds(),
                "heap_free": gc.mem_free(),
                "heap_low": app.heap_low,
                "acknowledged": link.acknowledged,
                "unacknowledged": link.unacknowledged,
                "refused": sum(self._session.refused.counts.values()),
                "paused_ms": self._downlink.paused_ms,
                "boots": app.boots,
                "restarts": app.restarts,
                "interval_s": app.options["sleep_s"],
                "reset": app.reset,
                "channel": link.channel,
                "down_rssi": self._downlink.rssi,
            }
        )
        return values, (version.__version__, version.running(), app.name)

    @seldom
    def _counters(self) -> dict:
        table = self._table
        uplink = self._uplink
        return {
            "seen": table.seen,
            "repeats": table.repeats,
            "late": table.late,
            "replaced": table.replaced,
            "dropped": table.dropped,
            "not_allowed": table.not_allowed,
            "unsent": table.unsent,
            "sent": uplink.sent,
            "receipts": uplink.receipts,
            "missing_receipts": uplink.missing_receipts,
            "sweeps": self._hunt.sweeps,
            "scan_faults": self._scanner.faults,
        }
