"""The Bluetooth scan: the only place that touches `bluetooth`.

An exception that leaves the interrupt handler switches it off for good
(extmod/modbluetooth.c, invoke_irq_handler_run_protected): its whole body is guarded.
"""

import bluetooth
from micropython import const

_SCAN_RESULT = const(5)
_SCAN_DONE = const(6)

FOR_EVER = 0
# Window equals interval: no gaps in listening. The default of 11.25 in 1280 ms hears one in a hundred.
INTERVAL_US = 100_000
PASSIVE = False


class Scanner:
    """Feeds a table with what is in the air."""

    def __init__(self, table) -> None:
        self._table = table
        self._ble = bluetooth.BLE()
        self._window_us = INTERVAL_US
        self.running = False
        self.paused = False
        self.faults = 0
        self.last_fault = None

    def activate(self) -> None:
        """Switch Bluetooth on; early, before Python's heap has taken the memory it needs."""
        self._ble.active(True)
        self._ble.irq(self.on_event)

    def set_duty(self, percent: int) -> None:
        """Listen for this share of the time, from the next start on."""
        self._window_us = INTERVAL_US * percent // 100

    def start(self) -> None:
        """Scan for ever, with another share if it was set meanwhile."""
        self.paused = False
        if self.running:  # NimBLE refuses to start what runs
            self._ble.gap_scan(None)  # pyright: ignore[reportArgumentType]  (documented, missing in the stub)
        self._ble.gap_scan(FOR_EVER, INTERVAL_US, self._window_us, PASSIVE)
        self.running = True

    def pause(self) -> None:
        """Leave the antenna to the radio link: it may hear nothing while a scan runs."""
        self.paused = True
        self.running = False
        self._ble.gap_scan(None)  # pyright: ignore[reportArgumentType]  (documented, missing in the stub)

    def on_event(self, event: int, data) -> None:
        """Handle one event of the Bluetooth stack; allocates nothing and lets nothing out."""
        try:
            if event == _SCAN_RESULT:
                self._table.hear(data[1], data[3], data[4])
            elif event == _SCAN_DONE:
                self.running = False
        except BaseException as error:
            self.faults += 1
            self.last_fault = error
