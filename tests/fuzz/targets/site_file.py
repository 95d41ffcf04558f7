"""The site file, whatever became of it: used, or refused with a sentence."""

import shutil
from pathlib import Path

WATCHES = ("flashing/site.py",)
MAC = "240AC4112233"
_FILE = (
    '{"version": 1, "site_key": "000102030405060708090a0b0c0d0e0f", "boards": {"240AC4112233":'
    ' {"role": "sensor", "name": "Locker", "epoch": 1795000000, "site_tag": 513}}}'
)
SEEDS = [
    _FILE.encode(),
    b'{"version": 2}',
    b'{"version": 1, "site_key": "00", "boards": {}}',
    b"\xff",
]


def prepare() -> None:
    """Import what is hunted."""
    from flashing import site  # noqa: F401


def seal(data: bytes) -> bytes:
    """Nothing proves it."""
    return data


def feed(sealed: bytes) -> None:
    """Open it, use it for a board, open what was saved."""
    from flashing.errors import FlashError
    from flashing.site import open_site

    folder = Path("site")
    folder.mkdir(exist_ok=True)
    path = folder / "site.json"
    path.write_bytes(sealed)
    try:
        for _ in range(2):
            site = open_site(path)
            site.of_former_key()
            site.name_for(MAC, "Sensor")
            site.name_for("240AC4000009", "Locker")
            for role in ("display", "sensor"):
                site.note(MAC, site.settings(role, "Bow", MAC))
            site.rename(MAC, "Stern")
    except FlashError:
        return
    finally:
        shutil.rmtree(folder)
