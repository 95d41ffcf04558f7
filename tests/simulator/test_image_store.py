"""Images that take seconds to make are made once, whoever asks how often."""

import os
import time
from pathlib import Path

import pytest

from simulator.image_store import digest, kept


def _makes(calls: list[Path]):
    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "main.mpy").write_bytes(b"M")

    return make


def test_an_image_is_made_once(tmp_path: Path):
    calls: list[Path] = []
    images = [kept(tmp_path, "a", _makes(calls)) for _ in range(2)]
    assert images[0] == images[1]
    assert (images[0] / "main.mpy").read_bytes() == b"M"
    assert len(calls) == 1


def test_what_could_not_be_made_leaves_nothing(tmp_path: Path):
    def fail(folder: Path) -> None:
        (folder / "half.mpy").write_bytes(b"M")
        raise ValueError("a source that no compiler takes")

    with pytest.raises(ValueError, match="no compiler"):
        kept(tmp_path, "a", fail)
    assert list(tmp_path.iterdir()) == []


def test_another_process_may_be_faster(tmp_path: Path):
    def make(folder: Path) -> None:
        (folder / "ours.mpy").touch()
        kept(tmp_path, "a", _makes([]))

    assert [path.name for path in kept(tmp_path, "a", make).iterdir()] == ["main.mpy"]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_image_that_nobody_uses_is_forgotten_after_some_days(tmp_path: Path):
    old = time.time() - 5 * 24 * 3600
    for name in ("used", "unused"):
        os.utime(kept(tmp_path, name, _makes([])), (old, old))
    kept(tmp_path, "used", _makes([]))
    kept(tmp_path, "new", _makes([]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "used"]


def test_a_name_tells_apart_what_an_image_is_made_of():
    names = {
        digest(parts) for parts in ([b"ab", b"c"], [b"a", b"bc"], [b"abc"], [b"ab", b"c", b""])
    }
    assert len(names) == 4
