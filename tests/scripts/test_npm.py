"""Packages from npm: only the very files that the lock names, and nothing outside their folder."""

import base64
import hashlib
import json

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
