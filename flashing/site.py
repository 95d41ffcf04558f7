"""The site file: the key that all boards of a site share, and what each board was given.

Whoever has it can make boards of this site, so only its owner may read it. Without it the boards go on working, but a
further one cannot join: then a new key is made and every board is provisioned again (docs/flashing.md).
"""

import contextlib
import itertools
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from . import protocol_route
from .errors import FlashError

VERSION = 1
KEY_BYTES = 16
MOST_NAME_BYTES = 32
HIGHEST_SEED = 0x7FFFFFFF  # what a node takes (firmware/node/provisioning.py)
MOST_STARTS = (
    1_000_000  # of a board whose epoch began in the future: twelve days of a start each second
)


def check_name(name: str) -> None:
    """Raise FlashError for what cannot be a node's name (firmware/node/provisioning.py)."""
    if not name.isprintable() or not 0 < len(name.encode()) <= MOST_NAME_BYTES:
        raise FlashError(
            f"{name!r} cannot be a node's name.", f"1 to {MOST_NAME_BYTES} bytes of text can be."
        )


def default_path() -> Path:
    """Return where the site file of this user is."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "victron-espnow" / "site.json"


@dataclass
class Board:
    """What a board was given last."""

    role: str
    name: str
    epoch: int
    site_tag: (
        int  # of the key it was given: after a change of keys some boards still have the former one
    )


@dataclass
class Site:
    """One trailer, van or boat."""

    path: Path
    key: bytes
    boards: dict[str, Board] = field(default_factory=dict)  # by MAC
    is_new: bool = False

    @property
    def tag(self) -> int:
        """Return what its radio frames are recognised by; no secret."""
        return int(protocol_route.module("authentication").site_tag(self.key))

    def settings(
        self, role: str, name: str, mac: str, now: float | None = None
    ) -> dict[str, object]:
        """Return the arguments of the provision command for a board."""
        authentication = protocol_route.module("authentication")
        given: dict[str, object] = {"role": role, "name": name, "epoch": self.epoch_seed(mac, now)}
        if role == "display":
            return {**given, "site_key": self.key.hex()}
        node_key = authentication.node_key(self.key, bytes.fromhex(mac))
        return {**given, "node_key": node_key.hex(), "site_tag": self.tag}

    def epoch_seed(self, mac: str, now: float | None = None) -> int:
        """Return an epoch above every one the board can have had, though its flash be erased.

        It was given the time of then, and each start raised it by one; a start takes longer than a second. Only where
        this computer's clock was ahead then, the time of now says nothing.
        """
        seed = int(time.time() if now is None else now)
        last = self.boards[mac].epoch if mac in self.boards else 0
        if seed <= last:
            seed = last + MOST_STARTS
        if seed > HIGHEST_SEED:
            raise FlashError(
                f"No epoch is left for board {mac}: this computer's clock is or was far ahead.",
                "Set the clock right and make a new site key (--rekey).",
            )
        return seed

    def note(self, mac: str, settings: dict[str, object]) -> None:
        """Remember what a board was given; before it is given, so that no number is given twice."""
        epoch = int(str(settings["epoch"]))
        self.boards[mac] = Board(str(settings["role"]), str(settings["name"]), epoch, self.tag)
        self.save()

    def rename(self, mac: str, name: str) -> None:
        """Remember another name of a board of this site."""
        if mac in self.boards:
            self.boards[mac] = replace(self.boards[mac], name=name)
            self.save()

    def name_for(self, mac: str, wanted: str) -> str:
        """Return the name a board had, or one that no other board has."""
        if mac in self.boards:
            return self.boards[mac].name
        taken = {board.name for board in self.boards.values()}
        free = (f"{wanted} {number}" for number in itertools.count(2))
        return wanted if wanted not in taken else next(name for name in free if name not in taken)

    def of_former_key(self) -> list[str]:
        """Return a line for each board that still has another key than the site."""
        return [
            f"{board.role} {board.name!r} ({mac})"
            for mac, board in self.boards.items()
            if board.site_tag != self.tag
        ]

    def rekey(self) -> None:
        """Make a new key; each board needs to be provisioned again before it is heard."""
        self.key = secrets.token_bytes(KEY_BYTES)
        self.save()

    def save(self) -> None:
        """Replace the file in one step; nobody else may ever read it."""
        content = {
            "version": VERSION,
            "site_key": self.key.hex(),
            "boards": {mac: asdict(board) for mac, board in self.boards.items()},
        }
        beside = self.path.with_name(self.path.name + ".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.unlink(missing_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise FlashError(
                f"The site file {self.path} cannot be written: {error.strerror}.",
                "Nothing was given to the board. Choose another place with --site.",
            ) from error


def open_site(path: Path) -> Site:
    """Return the site of a file, or a new one, whose file is made at once."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        site = Site(path, secrets.token_bytes(KEY_BYTES), is_new=True)
        site.save()
        return site
    except OSError as error:
        raise FlashError(f"The site file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        text = ""
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return Site(path, *_parsed(path, text))


def _board(role: object, name: object, epoch: object, site_tag: object) -> Board:
    """Return a board of a file; a wrong kind of value is a ValueError."""
    match role, name, epoch, site_tag:
        case str(role), str(name), int(epoch), int(site_tag) if 0 <= epoch <= HIGHEST_SEED:
            return Board(role, name, epoch, site_tag)
    raise ValueError("not a board")


def _parsed(path: Path, text: str) -> tuple[bytes, dict[str, Board]]:
    try:
        content = json.loads(text)
        version = content["version"]
        if version != VERSION:
            raise FlashError(
                f"The site file {path} is of version {version}, this program knows {VERSION}.",
                "Update this program.",
            )
        key = bytes.fromhex(content["site_key"])
        boards = {mac: _board(**board) for mac, board in content["boards"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        key, boards = b"", {}
        cause = error
    else:
        cause = None
    if len(key) != KEY_BYTES:
        raise FlashError(
            f"{path} is no site file, or it is damaged.",
            "It is left as it is: bring back a copy, or choose another file with --site.",
        ) from cause
    return key, boards
