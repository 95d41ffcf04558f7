"""Settings in flash: what was not committed is lost."""

_NOT_FOUND = -4354


class NVS:
    flash = {}
    pending = {}
    commits = 0
    broken = False
    unreadable = False

    def __init__(self, namespace):
        self._namespace = namespace

    def get_i32(self, key):
        return self._get(key)

    def set_i32(self, key, value):
        if not -(1 << 31) <= value < 1 << 31:
            raise OverflowError
        self._set(key, value)

    def get_blob(self, key, buffer):
        blob = self._get(key)
        buffer[: len(blob)] = blob
        return len(blob)

    def set_blob(self, key, value):
        self._set(key, bytes(value))

    def commit(self):
        if NVS.broken:
            raise OSError(-4353)
        NVS.commits += 1
        NVS.flash.update(NVS.pending)
        NVS.pending.clear()

    def _get(self, key):
        if len(key) > 15:
            raise ValueError(key)
        if NVS.unreadable:
            raise OSError(-4353)
        for store in (NVS.pending, NVS.flash):
            if (self._namespace, key) in store:
                return store[(self._namespace, key)]
        raise OSError(_NOT_FOUND, "not found")

    def _set(self, key, value):
        if len(key) > 15:
            raise ValueError(key)
        NVS.pending[(self._namespace, key)] = value
