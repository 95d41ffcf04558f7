"""How each command of the documentation is run by the tests."""

from dataclasses import dataclass

CAPTURE = "aff4d0995b7d1e176c0c33ecb9e70dcd 100289a302b040af925d09a4d89aa0128bdef48c6298a9"


@dataclass(frozen=True)
class Run:
    """Run it, or this instead, where what stands there is a place-holder or would last too long."""

    says: str  # somewhere in its output
    instead: str = ""
    stdin: str = ""
    code: int = 0


@dataclass(frozen=True)
class Twin:
    """Run it with a simulated display node at the port."""

    says: str
    instead: str


@dataclass(frozen=True)
class Flash:
    """Have scripts/flash's own parser and checks take it; `tests/flash` runs each of its options on a board."""

    role: str = "display"  # in place of …


@dataclass(frozen=True)
class Help:
    """It lasts, downloads or writes: --help knows all of its options, and this test runs it."""

    run_by: str


@dataclass(frozen=True)
class Others:
    """A program of somebody else's, on the reader's own computer."""

    why: str


type How = Run | Twin | Flash | Help | Others

_DEMO = Help("tests/demo/test_demo.py")
_FOUND = '"battery_voltage_v": 12.53'

TABLE: dict[str, How] = {
    "curl --compressed": Others("a browser's request; tests/firmware/on_board/test_web.py"),
    "git clone https://github.com/victron-espnow/victron-espnow": Others("not published yet"),
    "git pull": Others("git"),
    "python -m firmware.image sensor rest:412": Run("firmware/"),
    "scripts/bench": Help("tests/benchmarks/test_command.py"),
    "scripts/bench --quick": Help("tests/benchmarks/test_command.py"),
    "scripts/decode": Run(_FOUND, stdin=CAPTURE),
    "scripts/decode KEY HEX…": Run(_FOUND, f"scripts/decode {CAPTURE}"),
    "scripts/demo": _DEMO,
    "scripts/demo --check": _DEMO,
    "scripts/demo --scenario day": _DEMO,
    "scripts/flash": Run("arguments are required: role", code=2),
    "scripts/flash display": Flash(),
    "scripts/flash display --files-only": Flash(),
    "scripts/flash display --oled sh1106": Flash(),
    "scripts/flash display --pin sda=4 --pin scl=15": Flash(),
    "scripts/flash display --provision-only": Flash(),
    "scripts/flash display --provision-only --rekey": Flash(),
    "scripts/flash sensor": Flash(),
    "scripts/flash sensor --files-only": Flash(),
    "scripts/flash … --erase": Flash(),
    "scripts/flash … --provision-only": Flash("sensor"),
    "scripts/fuzz": Run("crashes", "scripts/fuzz --seconds 0.1 --seed 1 instant_readout"),
    "scripts/hardware-check": Run("name the display node's port", code=2),
    "scripts/hardware-check --list": Run(""),
    "scripts/hardware-check --port /dev/ttyUSB0": Twin("display", "--only hello --no-questions"),
    "scripts/hardware-check --port /dev/ttyUSB0 --sensor-port /dev/ttyUSB1": Help(
        "tests/hardware_check/test_twin.py"
    ),
    "scripts/hardware-check --port …": Twin("display", "--only hello,memory --no-questions"),
    "scripts/lint": Help("scripts/toolchain/testing.py"),
    "scripts/matrix": Help("tests/scenarios/test_matrix.py"),
    "scripts/matrix --write": Help("tests/scenarios/test_matrix.py"),
    "scripts/matrix --quick": Run("2 runs", "scripts/matrix --quick --fault 'display reset' --moment keys"),
    "scripts/oled-pictures": Help("tests/firmware/test_pictures.py"),
    "scripts/release FOLDER": Help("tests/flash/test_release.py"),
    "scripts/scenarios": Run("port-reopened", "scripts/scenarios port-reopened --short"),
    "scripts/scenarios soak": Run("heap sank", "scripts/scenarios soak --short"),
    "scripts/screenshots": Help("tests/docs/test_screenshots.py"),
    "scripts/setup": Run("Ready: Home Assistant"),
    "scripts/setup --paths": Run('"micropython"'),
    "scripts/setup --prune": Help("tests/scripts/test_setup.py"),
    "scripts/simulator": Run("trailer", "scripts/simulator list"),
    "scripts/simulator plot day": Run(""),
    "scripts/simulator run": Run("s of the nodes' time", "scripts/simulator run trailer --virtual --seconds 20"),
    "scripts/simulator run --help": Run("--virtual"),
    "scripts/simulator run boat --virtual --hours 1": Run(
        "s of the nodes' time", "scripts/simulator run boat --virtual --hours 0.003"
    ),
    "scripts/simulator run trailer": Run("Display node:", "scripts/simulator run trailer --seconds 5"),
    "scripts/test": Run("passed", "scripts/test tests/scripts/test_counts.py"),
    "sudo usermod -aG dialout $USER": Others("the system's own"),
}  # fmt: skip
