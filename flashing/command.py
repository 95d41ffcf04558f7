"""One run of the command: plan, questions, writing, provisioning, and what else it can do instead."""

import argparse
import contextlib
import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import serial

from . import esp_image, loader, micropython, ports, program, repl, site
from .arguments import check, parsed
from .chips import ESP32, PANELS, Chip, by_key, pins_of
from .console import Console
from .errors import FlashError
from .plan import Plan
from .provision import BOOT_S, provision, set_options
from .terminal import Terminal

LINE_BAUD = 115200
READ_S = 0.1
ASK_S = 5.0
APPEAR_S = 10.0  # a chip with USB of its own is away for a moment after a reset
NAMES = {"display": "Display", "sensor": "Sensor"}
NEXT = {
    "display": "plug it into the computer that runs Home Assistant, and add the integration Victron ESP-NOW there.",
    "sensor": "put it beside the Victron devices, on any USB supply. It finds the display node by itself.",
}


def main(words: list[str] | None = None) -> int:
    """Do what the command line says; errors are two sentences."""
    arguments = parsed(words)
    terminal = Terminal(arguments.yes)
    try:
        return Flashing(arguments, terminal).run()
    except FlashError as error:
        terminal.complain(error)
        return 1
    except KeyboardInterrupt, EOFError:
        print("\nStopped. Run the same command again; it begins anew.", file=sys.stderr)
        return 130


class Flashing:
    """One run of the command."""

    def __init__(self, arguments: argparse.Namespace, terminal: Terminal) -> None:
        self._arguments = arguments
        self._terminal = terminal
        self._pins = dict(arguments.pin)
        self._panel = {"oled_offset": PANELS[arguments.oled]} if arguments.oled else {}
        self._site_path: Path = arguments.site or site.default_path()

    def run(self) -> int:
        """Do it; return the exit code."""
        arguments = self._arguments
        check(arguments)
        if arguments.image:
            return self._write_image()
        if arguments.provision_only:
            return self._provision(self._port())
        if arguments.files_only:
            return self._files_only(self._port())
        if arguments.dry_run and (arguments.chip or arguments.flash_size):
            return self._show(self._plan_without_board())
        return self._flash(self._port())

    def _port(self) -> str:
        device = self._arguments.port or ports.choose(ports.present(), self._terminal.number)
        ports.check(device)
        return str(device)

    def _write_image(self) -> int:
        made = self._plan_without_board().build()
        target: Path = self._arguments.image
        try:
            target.write_bytes(made.content)
        except OSError as error:
            raise FlashError(f"{target} cannot be written: {error.strerror}.") from error
        digest = hashlib.sha256(made.content).hexdigest()
        self._terminal.say(
            f"{target}: {len(made.content)} bytes, {len(made.files)} files, SHA-256 {digest}"
        )
        return 0

    def _plan_without_board(self) -> Plan:
        arguments = self._arguments
        chip = by_key(arguments.chip or ESP32.key)
        plan = self._plan(chip, loader.bytes_of(arguments.flash_size or "4MB"))
        plan.micropython = f"from {micropython.address(chip)}"
        if arguments.micropython:
            self._use(plan, micropython.from_file(arguments.micropython, chip))
        return plan

    def _plan(self, chip: Chip, flash_bytes: int) -> Plan:
        arguments = self._arguments
        name = arguments.name or NAMES[arguments.role]
        is_new = not self._site_path.exists()
        return Plan(
            arguments.role, name, self._site_path, chip, flash_bytes,
            own_pins=self._pins, erase=arguments.erase, site_is_new=is_new, rekey=arguments.rekey,
        )  # fmt: skip

    def _use(self, plan: Plan, found: micropython.Found) -> None:
        version = found.firmware.version or "of unknown version"
        size = len(found.firmware.content) / 1000
        plan.micropython = f"{version}, {size:.0f} kB\n{found.source}\n{found.check}"
        plan.vfs_offset = found.firmware.vfs_offset

    def _show(self, plan: Plan) -> int:
        for line in plan.lines(plan.build()):
            self._terminal.say(line)
        return 0

    def _flash(self, device: str) -> int:
        terminal, arguments = self._terminal, self._arguments
        terminal.say(f"Looking at the board at {device} ...")
        with loader.connect(device, arguments.baud, arguments.flash_size) as board:
            _check_chip(board.chip, arguments.chip)
            plan = self._plan(board.chip, board.flash_bytes)
            plan.port, plan.mac = device, board.mac
            firmware = self._micropython(plan)
            made = plan.build()
            plan.name = self._name(board.mac)
            terminal.say()
            for line in plan.lines(made):
                terminal.say(line)
            terminal.say()
            if arguments.dry_run:
                return 0
            if not terminal.agrees("Go ahead?"):
                terminal.say("Nothing was written.")
                return 1
            own = self._site()  # a file that cannot be written stops it before the board is touched
            parts = [(plan.chip.offset, firmware.content), (plan.vfs_offset, made.content)]
            board.write(parts, arguments.erase, terminal.bar("Writing"))
            terminal.say("Written and verified. The board starts ...")
        return self._finish(device, own, plan.name, pins_of(plan.chip, plan.role, plan.own_pins))

    def _micropython(self, plan: Plan) -> esp_image.Firmware:
        given = self._arguments.micropython
        found = (
            micropython.from_file(given, plan.chip)
            if given
            else micropython.fetch(plan.chip, self._terminal.bar("MicroPython"))
        )
        self._use(plan, found)
        return found.firmware

    def _name(self, mac: str) -> str:
        """Return the given name, the board's former one, or what the user says."""
        if self._arguments.name:
            return str(self._arguments.name)
        default = NAMES[self._arguments.role]
        if self._site_path.exists():
            default = site.open_site(self._site_path).name_for(mac, default)
        return self._terminal.text("Name of the node", default, site.check_name)

    def _site(self) -> site.Site:
        own = site.open_site(self._site_path)
        if own.is_new:
            self._terminal.say(f"A new site key was made: {own.path}. Keep a copy of this file.")
        if self._arguments.rekey and not own.is_new:
            own.rekey()
            self._terminal.say("The site has a new key.")
        return own

    def _finish(self, device: str, own: site.Site, name: str, pins: dict[str, int]) -> int:
        with console_at(device) as console:
            hello = provision(console, own, self._arguments.role, name, pins | self._panel)
        self._terminal.say(result(hello))
        self._terminal.say(f"Next: {NEXT[self._arguments.role]}")
        for board in own.of_former_key():
            self._terminal.say(f"Still to be provisioned with the new key: {board}")
        return 0

    def _provision(self, device: str) -> int:
        with console_at(device) as console:
            hello = console.hello(BOOT_S)
        mac = str(hello["mac"])
        known = self._site_path.exists() and mac in site.open_site(self._site_path).boards
        foreign = bool(hello.get("provisioned")) and not known
        question = f"Board {mac} belongs to another site, or its site file was lost. Take it over?"
        if foreign and not self._terminal.agrees(question):
            raise FlashError("The board was left as it is.", "Give its site's file with --site.")
        name = self._name(mac)  # before --rekey: who breaks off here keeps the key
        return self._finish(device, self._site(), name, self._pins)

    def _files_only(self, device: str) -> int:
        terminal, role = self._terminal, self._arguments.role
        files = program.application(role)
        running = self._go_to_prompt(device)
        if running and running["role"] != role:
            raise FlashError(
                f"The board is a {running['role']} node.",
                f"Run this without --files-only to make it a {role} node.",
            )
        with repl.at(device) as prompt:
            target = prompt.update(files, program.boot(), terminal.bar("Copying"))
            terminal.say(f"Copied to {target}/ and verified. The board starts ...")
        with console_at(device) as console:
            hello = console.hello(BOOT_S)
            if hello.get("provisioned"):
                terminal.say(result(self._as_wished(console, hello)))
                return 0
        name = self._name(str(hello["mac"]))
        return self._finish(device, self._site(), name, self._pins)

    def _as_wished(self, console: Console, hello: dict[str, Any]) -> dict[str, Any]:
        """Give a node that keeps its settings the name and pins of the command line; return its hello then."""
        name = self._arguments.name
        wished = self._pins | self._panel | ({"name": name} if name else {})
        hello = set_options(console, hello, wished)
        if name and self._site_path.exists():
            site.open_site(self._site_path).rename(str(hello["mac"]), name)
        return console.hello(ASK_S) if name else hello

    def _go_to_prompt(self, device: str) -> dict[str, Any]:
        """Have our firmware end at the prompt; return its hello, {} where something else runs."""
        with console_at(device) as console:
            try:
                hello = console.hello(ASK_S)
            except FlashError:
                return {}
            if hello.get("role") == self._arguments.role:
                console.prompt()
            return hello


def result(hello: dict[str, Any]) -> str:
    """Return what the board says of itself."""
    text = f"Ready: {hello['role']} node {hello['name']!r}, MAC {hello['mac']},"
    text += f"\n       firmware {hello['fw']} on MicroPython {hello['mp']}."
    if hello["fw"] != program.version():
        text += f"\nIt runs {hello['fw']}, not {program.version()}: the new one did not start (fell back)."
    return text


def _check_chip(found: Chip, said: str | None) -> None:
    if said and found.key != said:
        raise FlashError(
            f"The board has an {found.name}, not an {by_key(said).name}.", "Leave --chip out."
        )


@contextlib.contextmanager
def console_at(device: str) -> Iterator[Console]:
    """Open the line to the firmware; the port may be away for a moment."""
    end = time.monotonic() + APPEAR_S
    while True:
        try:
            port = serial.serial_for_url(device, LINE_BAUD, timeout=READ_S)
            break
        except OSError as error:
            if time.monotonic() > end:
                raise ports.why_not_opened(device, str(error)) from error
            time.sleep(READ_S)
    try:
        yield Console(port)
    except serial.SerialException as error:
        raise ports.why_not_opened(device, str(error)) from error
    finally:
        port.close()
