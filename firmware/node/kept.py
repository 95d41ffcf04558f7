"""What survives a reset and deep sleep without a flash write: RTC memory, guarded by a CRC.

It is lost with the power and with the EN button (machine.mem_backup).
"""

import binascii

import machine

VERSION = 1
MOST_REASON = 44  # bytes
MOST_ROLE_DATA = 96
SAFE = 1
PROMPT = 2


class Kept:
    """version, flags, length of the reason, reason, role data, CRC-32; written at every change."""

    def __init__(self) -> None:
        self._memory = machine.RTC()
        self._flags = 0
        self._next_reason = b""
        self._role_data = b""
        self._read()
        self.reason = _plain(self._next_reason).decode()  # why the last restart was asked for
        if self.reason:
            self._next_reason = b""
            self._write()

    @property
    def role_data(self) -> bytes:
        """Return what the role wants to find again, b"" after power was lost."""
        return self._role_data

    @role_data.setter
    def role_data(self, data) -> None:
        if len(data) > MOST_ROLE_DATA:
            raise ValueError("too much role data")
        self._role_data = bytes(data)
        self._write()

    def give_reason(self, reason: str) -> None:
        """Have the next start say why this life ended; an empty one takes it back."""
        self._next_reason = _plain(reason.encode())
        self._write()

    @property
    def safe(self) -> bool:
        """Tell whether the node runs without watchdog, and Ctrl-C stops it."""
        return bool(self._flags & SAFE)

    @safe.setter
    def safe(self, on: bool) -> None:
        self._set_flag(SAFE, on)

    def ask_prompt(self) -> None:
        """Have the next start end at the prompt."""
        self._set_flag(PROMPT, True)

    def take_prompt(self) -> bool:
        """Tell whether this start shall end at the prompt; only this one."""
        asked = bool(self._flags & PROMPT)
        if asked:
            self._set_flag(PROMPT, False)
        return asked

    def _set_flag(self, flag: int, on: bool) -> None:
        self._flags = self._flags | flag if on else self._flags & ~flag
        self._write()

    def _read(self) -> None:
        """Take what was kept, or nothing when a bit of it is wrong."""
        data = self._memory.memory()
        if len(data) < 7 or data[0] != VERSION:
            return
        end = len(data) - 4
        if binascii.crc32(data[:end]) != int.from_bytes(data[end:], "little"):
            return
        start = 3 + data[2]
        self._flags = data[1]
        self._next_reason = data[3:start]
        self._role_data = data[start:end]

    def _write(self) -> None:
        head = bytes((VERSION, self._flags, len(self._next_reason)))
        data = head + self._next_reason + self._role_data
        self._memory.memory(data + binascii.crc32(data).to_bytes(4, "little"))


def _plain(text: bytes) -> bytes:
    """Return it short and plain: it travels in a hello line, where some letters would need six.

    Bytes, not letters: each new letter would be kept for ever, and memory may be what there is none of.
    """
    plain = bytearray(text[:MOST_REASON])
    for at, byte in enumerate(plain):
        if not 32 <= byte < 127 or byte in b'#"\\':
            plain[at] = 63
    return bytes(plain)
