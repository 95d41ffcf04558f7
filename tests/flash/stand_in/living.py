"""A board that can be flashed and then runs what was flashed: boot loader stand-in and twin in one."""

import asyncio
import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from flashing import image
from simulator import Node, World
from simulator.flash import Flash

from .board import MAC, Board
from .protocol_standin import PLUGS, Plug

CHARGED_S = 0.05  # of the capacitor at EN
ESP_IMAGE = 0xE9
NOTHING = b"invalid header: 0xffffffff\r\n"
SETTINGS = 0x9000  # the partition of NVS, which MicroPython's file covers with emptiness


class LivingBoard:
    """A board with a port; use `living()`."""

    def __init__(self, world: World, folder: Path, chip: str, flash_mb: int) -> None:
        self.board = Board(chip, flash_mb)
        self.url = f"standin://{id(self)}"
        self.node: Node | None = None
        self._world = world
        self._folder = folder
        self.loop = asyncio.get_running_loop()
        self._boots: asyncio.Task[None] | None = None
        self.board.later = lambda act: self.loop.call_later(CHARGED_S, act)
        self.board.run = self._run
        self.board.stop = self._stop
        self.board.to_program = self._to_program
        PLUGS[self.url] = Plug(self.board, self.loop.call_soon_threadsafe)

    @property
    def is_held(self) -> bool:
        """Tell whether somebody has its port open."""
        return PLUGS[self.url].taken

    @property
    def chip(self) -> Flash:
        """Return the flash under its file system."""
        assert self.node is not None
        return self.node.chip

    def plug_in(self, files: bytes) -> None:
        """Give it power, new but for these files."""
        self._start(files, settings=0xFF)

    def plug_in_again(self) -> None:
        """Give it power, with what is in its flash."""
        self._start(self.chip.content, settings=0)

    def _start(self, files: bytes, settings: int) -> None:
        self.board.flash[SETTINGS] = settings
        self.board.flash[self.board.loader.rom.BOOTLOADER_FLASH_OFFSET] = ESP_IMAGE
        self.board.flash[image.VFS_OFFSET :] = files
        PLUGS[self.url].is_pulled = False
        asyncio.run_coroutine_threadsafe(self._boot(), self.loop).result(10)

    def forget_what_was_said(self) -> None:
        """Have `wait_text` look only at what is said from now on."""
        assert self.node is not None
        self.node.uart.output.clear()

    def wait_text(self, pattern: str, seconds: float = 10) -> str:
        """Return what it says first of this, since it was plugged in."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.node and (found := re.search(pattern, self.node.uart.text)):
                return found[0]
            time.sleep(0.005)
        raise TimeoutError(self.node and self.node.uart.text)

    def pull_the_plug(self) -> None:
        """Take port and power away, from outside its thread."""
        pulled = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (self._lose_power(), pulled.set()))
        assert pulled.wait(10)

    def press_reset(self, hold_boot: bool = False) -> None:
        """Press the button EN, from outside its thread; with BOOT held the boot loader starts."""
        self.loop.call_soon_threadsafe(self.board.press_reset, hold_boot)

    def _lose_power(self) -> None:
        """The cable is pulled: the port goes with it."""
        assert self.node is not None
        self.node.lose_power()
        PLUGS[self.url].pull()

    def _hear(self, data: bytes) -> None:
        self.board.hear(data)

    def _to_program(self, data: bytes) -> None:
        if self.node is not None:
            self.node.uart.feed(data)

    def _run(self) -> None:
        """Start what is in flash, as the ROM and MicroPython's own start do."""
        if self.board.flash[self.board.loader.rom.BOOTLOADER_FLASH_OFFSET] != ESP_IMAGE:
            self.board.hear(NOTHING * 20)
            return
        self._boots = self.loop.create_task(self._boot())

    async def _boot(self) -> None:
        content = self.board.flash[image.VFS_OFFSET :]
        if self.node is None:
            self.node = await self._world.start_node(
                "display",
                name="board",
                mac=MAC,
                flash=self._folder,
                entry="main.py",
                paths=(),
                tcp=None,
            )
            self.node.lose_power()  # its first life began without anything in flash
            self.node.uart.listen(self._hear)
        node = self.node
        node.uart.output.clear()
        if self.board.flash[SETTINGS] == 0xFF:
            node.nvs.clear()
        (self._folder / "vfs.bin").write_bytes(content)
        blocks = len(content) // image.BLOCK
        node.chip = Flash(self._folder / "vfs.bin", self._lose_power, blocks)
        node.chip.slow = False
        node.give_power(0.01)

    def _stop(self) -> None:
        if self.node is None or not self.node.running:
            return
        self.board.flash[image.VFS_OFFSET :] = self.node.chip.content
        self.board.flash[SETTINGS] = 0  # the node has written there
        self.node.lose_power()


@contextlib.contextmanager
def living(chip: str = "esp32", flash_mb: int = 4) -> Iterator[LivingBoard]:
    """Give a board that lives in a thread of its own."""
    ready: list[LivingBoard] = []
    started, ended = threading.Event(), threading.Event()

    async def live(folder: Path) -> None:
        async with World(seed=7) as world:
            ready.append(LivingBoard(world, folder, chip, flash_mb))
            started.set()
            while not ended.is_set():
                await asyncio.sleep(0.02)

    with tempfile.TemporaryDirectory() as folder:
        thread = threading.Thread(target=asyncio.run, args=(live(Path(folder)),), daemon=True)
        thread.start()
        assert started.wait(10)
        try:
            yield ready[0]
        finally:
            del PLUGS[ready[0].url]
            ended.set()
            thread.join(10)
