"""The boot loader in a chip's ROM, and the flasher stub that esptool loads into its memory.

Written after Espressif's description of the serial protocol (docs.espressif.com, esptool, "Serial Protocol").
"""

import hashlib
import struct
import zlib
from collections.abc import Callable

from esptool.targets import CHIP_DEFS

END, ESCAPE = b"\xc0", b"\xdb"
FLASH_BEGIN, FLASH_DATA, FLASH_END = 0x02, 0x03, 0x04
MEM_BEGIN, MEM_END, MEM_DATA = 0x05, 0x06, 0x07
SYNC, WRITE_REG, READ_REG = 0x08, 0x09, 0x0A
SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE = 0x0B, 0x0D, 0x0F
DEFL_BEGIN, DEFL_DATA, DEFL_END, MD5 = 0x10, 0x11, 0x12, 0x13
SECURITY_INFO, ERASE_FLASH = 0x14, 0xD0
MAGIC_REGISTER = 0x40001000
READ_ID, READ_SFDP = 0x9F, 0x5A
SPI_START = 1 << 18
UART_DIVIDER = 347  # 40 MHz, 115200 baud
BLOCK = 4096
INVALID, BAD_CHECKSUM = 0x05, 0x07


class RomLoader:
    """Answers esptool; `flash` is what it has written."""

    def __init__(
        self, chip: str, flash: bytearray, mac: bytes, send: Callable[[bytes], None]
    ) -> None:
        self.rom = CHIP_DEFS[chip]
        self.flash = flash
        self.mac = mac
        self.send = send
        self.blocks = 0  # written since the beginning
        self.on_block: Callable[[], bool] = lambda: (
            True
        )  # False: the power goes in the middle of it
        self.flipped: int | None = None  # an address at which a bit does not take
        self.restart()

    def restart(self) -> None:
        """Be in ROM again, nothing uploaded."""
        self.is_stub = False
        self.baud = 115200
        self._packet: bytearray | None = None
        self._memory: dict[int, bytes] = {}
        self._registers: dict[int, int] = {}
        self._upload_at = self._write_at = 0
        self._unpack: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes of SLIP packets."""
        for byte in data:
            if byte == END[0]:
                if self._packet:
                    raw = bytes(self._packet)
                    self._packet = None
                    self._take(raw.replace(b"\xdb\xdc", END).replace(b"\xdb\xdd", ESCAPE))
                else:
                    self._packet = bytearray()
            elif self._packet is not None:
                self._packet.append(byte)

    def _take(self, packet: bytes) -> None:
        if len(packet) < 8 or packet[0] != 0:
            return
        operation, length, check = struct.unpack_from("<BHI", packet, 1)
        body = packet[8 : 8 + length]
        if operation in (MEM_DATA, FLASH_DATA, DEFL_DATA) and _checksum(body[16:]) != check & 0xFF:
            self._answer(operation, error=BAD_CHECKSUM)
            return
        handler = self._handlers.get(operation)
        if handler is None or (operation >= ERASE_FLASH and not self.is_stub):
            self._answer(operation, error=INVALID)
            return
        handler(self, operation, body)

    def _answer(self, operation: int, value: int = 0, data: bytes = b"", error: int = 0) -> None:
        status = bytes([error != 0, error]) + bytes(0 if self.is_stub else 2)
        packet = struct.pack("<BBHI", 1, operation, len(data) + len(status), value) + data + status
        self._slip(packet)

    def _slip(self, packet: bytes) -> None:
        self.send(END + packet.replace(ESCAPE, b"\xdb\xdd").replace(END, b"\xdb\xdc") + END)

    def _sync(self, operation: int, _body: bytes) -> None:
        for _ in range(8):
            self._answer(operation, 0 if self.is_stub else 0x20120707)

    def _security_info(self, operation: int, _body: bytes) -> None:
        if self.rom.USES_MAGIC_VALUE:  # the classic does not know this
            self._answer(operation, error=INVALID)
            return
        self._answer(
            operation, data=struct.pack("<IB7sII", 0, 0, bytes(7), self.rom.IMAGE_CHIP_ID, 0)
        )

    # registers: identity, MAC, and the SPI controller through which the flash chip is asked what it is

    def _read_register(self, operation: int, body: bytes) -> None:
        (address,) = struct.unpack_from("<I", body)
        self._answer(operation, self._register(address))

    def _register(self, address: int) -> int:
        if address == MAGIC_REGISTER:
            return int(self.rom.MAGIC_VALUE or 0)
        if address == self.rom.UART_CLKDIV_REG:
            return UART_DIVIDER
        first = getattr(self.rom, "MAC_EFUSE_REG", 0) or self.rom.EFUSE_RD_REG_BASE + 4
        if address == first:
            return int.from_bytes(self.mac[2:])
        if address == first + 4:
            return int.from_bytes(self.mac[:2])
        return self._registers.get(address, 0)

    def _write_register(self, operation: int, body: bytes) -> None:
        address, value, mask, _ = struct.unpack_from("<IIII", body)
        spi = self.rom.SPI_REG_BASE
        if address == spi and value & SPI_START:
            command = self._registers.get(spi + self.rom.SPI_USR2_OFFS, 0) & 0xFF
            answer = {READ_ID: self._flash_id, READ_SFDP: 0x50444653}.get(command, 0)
            self._registers[spi + self.rom.SPI_W0_OFFS] = answer
        else:
            self._registers[address] = self._registers.get(address, 0) & ~mask | value & mask
        self._answer(operation)

    @property
    def _flash_id(self) -> int:
        """Return Winbond's, with the exponent of the size."""
        return (len(self.flash).bit_length() - 1) << 16 | 0x40EF

    # memory: the stub

    def _memory_begin(self, operation: int, body: bytes) -> None:
        self._upload_at = struct.unpack_from("<4I", body)[3]
        self._memory[self._upload_at] = b""
        self._answer(operation)

    def _memory_data(self, operation: int, body: bytes) -> None:
        self._memory[self._upload_at] += body[16 : 16 + struct.unpack_from("<I", body)[0]]
        self._answer(operation)

    def _memory_end(self, operation: int, body: bytes) -> None:
        _, entry = struct.unpack_from("<II", body)
        self._answer(operation)
        if any(start <= entry < start + len(code) for start, code in self._memory.items()):
            self.is_stub = True
            self._slip(b"OHAI")

    # flash

    def _flash_begin(self, operation: int, body: bytes) -> None:
        size, _, _, self._write_at = struct.unpack_from("<4I", body)
        self._unpack = zlib.decompressobj() if operation == DEFL_BEGIN else None
        if not self.is_stub:
            self.flash[self._write_at : self._write_at + size] = b"\xff" * size
        self._answer(operation)

    def _flash_data(self, operation: int, body: bytes) -> None:
        data = body[16 : 16 + struct.unpack_from("<I", body)[0]]
        if self._unpack is not None:
            data = self._unpack.decompress(data)
        alive = self.on_block()
        if not alive:
            data = data[: len(data) // 2]
        # The stub erases sector by sector just ahead of what it writes.
        end = -(-(self._write_at + len(data)) // BLOCK) * BLOCK
        if self.is_stub and not self._write_at % BLOCK:
            self.flash[self._write_at : end] = b"\xff" * (end - self._write_at)
        self.flash[self._write_at : self._write_at + len(data)] = data
        if self.flipped is not None:
            self.flash[self.flipped] ^= 1
        self._write_at += len(data)
        self.blocks += 1
        if alive:
            self._answer(operation)

    def _flash_md5(self, operation: int, body: bytes) -> None:
        start, size = struct.unpack_from("<II", body)
        digest = hashlib.md5(self.flash[start : start + size])
        found = digest.digest() if self.is_stub else digest.hexdigest().encode()
        self._answer(operation, data=found)

    def _erase_all(self, operation: int, _body: bytes) -> None:
        self.flash[:] = b"\xff" * len(self.flash)
        self._answer(operation)

    def _change_baud(self, operation: int, body: bytes) -> None:
        self._answer(operation)
        self.baud = struct.unpack_from("<I", body)[0]

    def _nothing(self, operation: int, _body: bytes) -> None:
        self._answer(operation)

    _handlers = {
        SYNC: _sync, SECURITY_INFO: _security_info, READ_REG: _read_register, WRITE_REG: _write_register,
        MEM_BEGIN: _memory_begin, MEM_DATA: _memory_data, MEM_END: _memory_end,
        FLASH_BEGIN: _flash_begin, DEFL_BEGIN: _flash_begin, FLASH_DATA: _flash_data, DEFL_DATA: _flash_data,
        FLASH_END: _nothing, DEFL_END: _nothing, MD5: _flash_md5, ERASE_FLASH: _erase_all,
        CHANGE_BAUDRATE: _change_baud, SPI_ATTACH: _nothing, SPI_SET_PARAMS: _nothing,
    }  # fmt: skip


def _checksum(data: bytes) -> int:
    value = 0xEF
    for byte in data:
        value ^= byte
    return value
