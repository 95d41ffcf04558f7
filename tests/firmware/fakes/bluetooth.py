"""A Bluetooth radio that a test plays."""


class BLE:
    handler = None
    scanning = False
    calls = []

    def active(self, on):
        BLE.calls.append(("active", on))

    def irq(self, handler):
        BLE.handler = handler

    def gap_scan(self, *parameters):
        BLE.calls.append(("gap_scan", parameters))
        if BLE.scanning and parameters != (None,):
            raise OSError(114)  # EALREADY
        BLE.scanning = parameters != (None,)
