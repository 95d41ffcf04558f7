"""The parts of a sensor node, joined."""

import asyncio

from sensor.downlink import Downlink
from sensor.home import Home
from sensor.hunt import Hunt
from sensor.session import Session
from sensor.uplink import Uplink

WATCH_MS = 5000


class SensorNode:
    """Adds to the app what a sensor node does."""

    def __init__(self, app, link, table, scanner) -> None:
        self._app = app
        self._link = link
        self._table = table
        self._scanner = scanner
        home = Home()
        self._session = Session(app.config, app.epoch, link, self._frame_counters)
        downlink = Downlink(link, scanner, self._session)
        app.more_measures = ("sensor.measures", (link, downlink, self._session, home))
        self._hunt = Hunt(link, downlink, self._session, home)
        self._uplink = Uplink(table, link, downlink, self._session, home, self._hunt, app.log)

    def prepare(self) -> None:
        """Start nothing on the radio before a key is there to prove who speaks."""
        app = self._app
        if not app.config.provisioned:
            app.log.info("not provisioned: neither sending nor listening")
            return
        app.more_counters = self._counters
        app.refusals.append(self._session.refused)
        app.add_task("uplink", self._uplink.run)
        app.add_task("scan", self._watch_scan)
        self._link.open()

    async def _watch_scan(self, pulse) -> None:
        """Keep the scan going and tell what it finds."""
        app = self._app
        known = faults = 0
        while True:
            pulse.beat()
            if not self._scanner.running and not self._scanner.paused:
                self._scanner.start()
                app.log.info("scan started")
            await asyncio.sleep_ms(WATCH_MS)
            if self._scanner.faults != faults:
                faults = self._scanner.faults
                app.log.fault("scan", self._scanner.last_fault)
            if len(self._table) != known:
                known = len(self._table)
                app.log.info(f"{known} Victron devices in the air")
            self._link.forget_strangers()

    def _frame_counters(self) -> tuple:
        """Return what every frame's header tells: seen, replaced, sent, dropped."""
        table = self._table
        return table.seen, table.replaced, self._uplink.sent, table.dropped

    def _counters(self) -> dict:
        table = self._table
        uplink = self._uplink
        return {
            "seen": table.seen,
            "repeats": table.repeats,
            "late": table.late,
            "replaced": table.replaced,
            "dropped": table.dropped,
            "unsent": table.unsent,
            "sent": uplink.sent,
            "frames": uplink.frames,
            "receipts": uplink.receipts,
            "missing_receipts": uplink.missing_receipts,
            "sweeps": self._hunt.sweeps,
            "unproven": self._hunt.unproven,
            "scan_faults": self._scanner.faults,
        }
