"""Packages from npm: only the very files that the lock names, and nothing outside their folder."""

import base64
import hashlib
import json
import tarfile
from itertools import pairwise
from pathlib import Path

import pytest

from toolchain import npm
from toolchain.failure import Failure


def test_every_package_has_a_version_and_a_hash():
    for name, lock in json.loads(npm.LOCK.read_text()).items():
        assert set(lock) == {"version", "integrity"}, name
        assert len(base64.b64decode(lock["integrity"].removeprefix("sha512-"))) == 64


def test_another_file_than_the_locked_one_is_refused():
    right = "sha512-" + base64.b64encode(hashlib.sha512(b"right").digest()).decode()
    npm.check("some-package", b"right", right)
    with pytest.raises(Failure, match="some-package from npm is not the file"):
        npm.check("some-package", b"tampered", right)


@pytest.mark.parametrize("name", ["/etc/passwd", "package/../../x", "other/x"])
def test_a_file_outside_the_folder_is_left_out(name):
    assert npm.safe("package/bin/x")
    assert not npm.safe(name)


def test_what_npm_keeps_for_itself_goes_with_the_download(monkeypatch, tmp_path):
    """Else it would stay in ~/.npm for ever."""
    caches = []

    def pack(words, **_):
        after = dict(pairwise(words))
        caches.append(Path(after["--cache"]))
        caches[0].mkdir()
        with tarfile.open(Path(after["--pack-destination"]) / "one.tgz", "w:gz") as archive:
            archive.add(npm.LOCK, "package/one.json")

    monkeypatch.setattr(npm, "output", pack)
    monkeypatch.setattr(npm, "check", lambda *_: None)
    folder = tmp_path / "draft"
    folder.mkdir()
    npm.unpack("axe-core", folder)
    assert (folder / "package" / "one.json").is_file()
    assert caches[0].is_relative_to(tmp_path)
    assert not caches[0].exists()
