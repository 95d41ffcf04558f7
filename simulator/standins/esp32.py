"""`esp32`: settings in flash (NVS) and the memory of ESP-IDF; the store is the world's."""

import _link
import _operations as op

HEAP_DATA = 4
HEAP_EXEC = 1
WAKEUP_ANY_HIGH = True
WAKEUP_ALL_LOW = False

_LONGEST_NAME = 15
_NOT_FOUND = (4354, "NVS_NOT_FOUND")
_KEY_TOO_LONG = (4361, "NVS_KEY_TOO_LONG")
_INVALID_NAME = (4358, "NVS_INVALID_NAME")
_INVALID_LENGTH = (4364, "NVS_INVALID_LENGTH")


def _error(number, name):
    return OSError(-number, "ESP_ERR_" + name)


class NVS:
    def __init__(self, namespace):
        if not 0 < len(namespace) <= _LONGEST_NAME:
            raise _error(*_INVALID_NAME)
        self._namespace = namespace.encode() + b"\0"

    def get_i32(self, key):
        return int.from_bytes(self._get(op.NVS_I32, key), "little") - (1 << 31)

    def set_i32(self, key, value):
        if not -(1 << 31) <= value < 1 << 31:
            raise OverflowError("overflow converting long int to machine word")
        self._set(op.NVS_I32, key, (value + (1 << 31)).to_bytes(4, "little"))

    def get_blob(self, key, buffer):
        data = self._get(op.NVS_BLOB, key)
        if len(data) > len(buffer):
            raise _error(*_INVALID_LENGTH)
        buffer[: len(data)] = data
        return len(data)

    def set_blob(self, key, value):
        self._set(op.NVS_BLOB, key, bytes(value))

    def erase_key(self, key):
        if _link.ask(op.NVS_ERASE, body=self._path(0, key)) < 0:
            raise _error(*_NOT_FOUND)

    def commit(self):
        _link.ask(op.NVS_COMMIT)

    def _path(self, kind, key):
        if len(key) > _LONGEST_NAME:
            raise _error(*_KEY_TOO_LONG)
        return bytes([kind]) + self._namespace + key.encode()

    def _get(self, kind, key):
        data = _link.ask_body(op.NVS_GET, body=self._path(kind, key))
        if data is None:
            raise _error(*_NOT_FOUND)
        return data

    def _set(self, kind, key, value):
        _link.ask(op.NVS_SET, body=self._path(kind, key) + b"\0" + value)


def idf_heap_info(capabilities):
    """Return one region (total, free, largest, least free); invented but plausible figures."""
    return [(160000, 60000, 40000, 50000)]


def mcu_temperature():
    return 42


def raw_temperature():
    return 108


class Partition:
    RUNNING = 1
    BOOT = 0

    def __init__(self, which):
        pass

    def info(self):
        return (0, 16, 0x10000, 0x1F0000, "factory", False)

    @staticmethod
    def mark_app_valid_cancel_rollback():
        raise OSError(-261, "ESP_ERR_NOT_SUPPORTED")
