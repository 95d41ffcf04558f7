"""`bluetooth` as far as a scanner needs it (extmod/modbluetooth.c, ports/esp32/mpnimbleport.c)."""

import sys

import _link
import _operations as op

_IRQ_SCAN_RESULT = 5
_IRQ_SCAN_DONE = 6
_ENODEV = 19
_EALREADY = 114


class BLE:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
            cls._only._start()
        return cls._only

    def _start(self):
        self._active = False
        self._handler = None
        self._scanning = False
        _link.handlers[op.ADVERTISEMENT] = self._advertisement
        _link.handlers[op.SCAN_DONE] = self._scan_done

    def active(self, on=None):
        if on is not None:
            self._active = bool(on)
            self._scanning = False
            _link.ask(op.BLE_ACTIVE, int(self._active))
        return self._active

    def config(self, *names, **values):
        if names == ("mac",):
            return (0, _link.identity)
        # events are synchronous on an ESP32, so that there is no receive buffer to size
        raise ValueError("unknown config param")

    def irq(self, handler):
        self._handler = handler

    def gap_scan(self, duration_ms, interval_us=1280000, window_us=11250, active=False):
        if not self._active:
            raise OSError(_ENODEV)
        if duration_ms is not None:
            if self._scanning:  # ble_gap_disc refuses it (ble_gap.c of NimBLE)
                raise OSError(_EALREADY)
            self._scanning = True
            _link.post(op.SCAN, duration_ms, interval_us, window_us)
            return
        _link.ask(op.SCAN, -1)
        if self._scanning:
            self._scanning = False
            self._call(_IRQ_SCAN_DONE, ())

    def _advertisement(self, view):
        rssi = view[2]
        data = (view[0], view[3:9], view[1], rssi - 256 if rssi > 127 else rssi, view[9:])
        self._call(_IRQ_SCAN_RESULT, data)

    def _scan_done(self, _):
        self._scanning = False
        self._call(_IRQ_SCAN_DONE, ())

    def _call(self, event, data):
        if self._handler is None:
            return
        try:
            self._handler(event, data)
        except BaseException as error:
            # the port does the same: one uncaught exception ends all interrupts
            if not _link.switches & op.IRQ_LASTS:
                self._handler = None
            print("uncaught exception in BLE IRQ handler")
            sys.print_exception(error)
            _link.log("BLE IRQ handler disabled: " + repr(error))
