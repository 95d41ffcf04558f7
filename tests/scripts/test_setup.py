"""What scripts/setup says when something cannot be had: one sentence, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolchain import (
    browser,
    cache,
    environments,
    forky,
    micropython,
    paths,
    prune,
    python,
    uv,
)
from toolchain.cache import PROJECT
from toolchain.failure import Failure

SETUP = PROJECT / "scripts" / "setup"


def run_setup(cache_folder, path, *arguments):
    environment = dict(os.environ, VICTRON_ESPNOW_CACHE=str(cache_folder), PATH=str(path))
    return subprocess.run(
        [sys.executable, SETUP, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_empty_path_is_one_sentence(tmp_path):
    done = run_setup(tmp_path / "cache", tmp_path / "nothing")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: MicroPython is missing")
    assert "install the package `micropython`" in done.stderr
    assert list((tmp_path / "cache").iterdir()) == [tmp_path / "cache" / "lock"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    done = run_setup(tmp_path / "cache", tmp_path)
    assert "set VICTRON_ESPNOW_CACHE" in done.stderr


def test_a_cache_below_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    done = run_setup(tmp_path / "file" / "cache", tmp_path)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "set VICTRON_ESPNOW_CACHE" in done.stderr


def test_an_unknown_home_assistant_names_the_known_ones(tmp_path):
    done = run_setup(tmp_path / "cache", tmp_path, "--home-assistant", "2020.1")
    assert done.returncode == 1
    assert "choose one of 2026.10, 2026.11" in done.stderr


def test_apt_without_an_index_says_what_to_run(monkeypatch):
    monkeypatch.setattr(forky, "output", lambda *_: "\n")
    with pytest.raises(Failure, match="run `apt-get update` once"):
        forky.archive()


def test_no_python_names_the_obstacle(monkeypatch, tmp_path):
    monkeypatch.setattr(forky, "why_not", lambda: "this is not a Debian host")
    with pytest.raises(Failure, match=r"not a Debian host; install Python 3\.14"):
        python.from_forky(tmp_path / "prefix")


def test_an_old_uv_on_path_is_passed_over(monkeypatch, tmp_path):
    old = tmp_path / "uv"
    old.write_text("#!/bin/sh\necho uv 0.4.9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert uv.on_path() is None
    old.write_text("#!/bin/sh\necho uv 0.13.9\n")
    assert uv.on_path() == old


def test_pip_leaves_no_cache_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", str(tmp_path))
    monkeypatch.setattr(uv, "version", lambda _: "0.13")
    asked = []

    def make(words):
        asked.append(words)
        Path(words[-1] if "venv" in words else tmp_path).mkdir(exist_ok=True)

    monkeypatch.setattr(uv, "output", make)
    uv.tools()
    assert "--no-cache-dir" in asked[-1]


def test_the_hosts_micropython_is_settled_once(monkeypatch, tmp_path):
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", str(tmp_path / "cache"))
    program = tmp_path / "micropython"
    program.write_text("#!/bin/sh\necho 1.22.1 True\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert micropython.ready() is None
    assert micropython.ensure() == micropython.MicroPython(str(program), "1.22.1", 64)
    assert micropython.ready() == micropython.ensure()
    program.unlink()
    assert micropython.ready() is None


def build_half(kind, folder):
    """Begin to build, and be interrupted."""
    with kind(folder) as draft:
        draft.mkdir()
        (draft / "half").touch()
        raise KeyboardInterrupt


@pytest.mark.parametrize("kind", [cache.building, cache.building_in_place])
def test_what_is_half_built_vanishes(kind, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        build_half(kind, tmp_path / "environment")
    assert list(tmp_path.iterdir()) == []


HOLD = (
    "import time; from toolchain import cache\n"
    "with cache.lock(): print('mine', flush=True); time.sleep(60)"
)


def hold_the_lock(folder):
    environment = dict(
        os.environ, VICTRON_ESPNOW_CACHE=str(folder), PYTHONPATH=str(PROJECT / "scripts")
    )
    command = [sys.executable, "-c", HOLD]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_second_setup_waits_for_the_first(tmp_path):
    with hold_the_lock(tmp_path) as first:
        assert first.stdout.readline() == "mine\n"
        with hold_the_lock(tmp_path) as second:
            assert "waiting for it" in second.stderr.readline()
            first.kill()
            assert second.stdout.readline() == "mine\n"
            second.kill()


def test_the_cache_follows_the_users_wishes(monkeypatch, tmp_path):
    monkeypatch.delenv("VICTRON_ESPNOW_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.root() == tmp_path / "victron-espnow"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.root() == tmp_path / ".cache" / "victron-espnow"
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", "~/mine")
    assert cache.root() == Path(tmp_path / "mine")


@pytest.fixture
def built(monkeypatch, tmp_path):
    """What would be built, in a cache that has nothing."""
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", str(tmp_path))
    built = []
    monkeypatch.setattr(micropython, "ready", lambda: None)
    monkeypatch.setattr(micropython, "ensure", lambda: built.append("micropython"))
    monkeypatch.setattr(environments, "ensure", lambda name, _: built.append(name))
    monkeypatch.setattr(browser, "ensure", lambda: built.append("chromium"))
    return built


@pytest.mark.parametrize("version", environments.HOME_ASSISTANT)
def test_the_demo_brings_home_assistant_and_micropython_and_no_more(built, tmp_path, version):
    program = paths.home_assistant_python(version)
    assert built == ["micropython", f"home-assistant-{version}"]
    assert program.startswith(f"{tmp_path}/home-assistant-{version}-")


def test_the_demo_takes_the_home_assistant_of_the_tests_where_it_is(built, monkeypatch):
    monkeypatch.setattr(environments, "ready", lambda folder: folder.name.startswith("dev-"))
    monkeypatch.setattr(micropython, "ready", lambda: "one")
    assert "/dev-" in paths.home_assistant_python("2026.10")
    assert built == []


@pytest.mark.parametrize("version", environments.HOME_ASSISTANT)
def test_nothing_that_is_in_use_is_a_leftover(monkeypatch, tmp_path, version):
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")  # no Chromium of this machine
    monkeypatch.setattr(cache, "complete", lambda folder: folder.mkdir(exist_ok=True) is None)
    monkeypatch.setattr(environments, "ready", cache.complete)
    monkeypatch.setattr(micropython, "ready", lambda: "one")
    (tmp_path / "images").mkdir()
    (tmp_path / "old").mkdir()
    assert paths.everything(version)
    assert prune.leftovers() == [tmp_path / "old"]


def test_what_goes_says_what_the_disk_wins_and_where_the_rest_is(monkeypatch, tmp_path, capsys):
    """A package is a hard link into uv's cache: without it, the disk has nothing more."""
    monkeypatch.setenv("VICTRON_ESPNOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    for folder in (tmp_path / "cache" / "old", tmp_path / "uv"):
        folder.mkdir(parents=True)
    (tmp_path / "uv" / "package").write_bytes(bytes(7_000_000))
    (tmp_path / "cache" / "old" / "package").hardlink_to(tmp_path / "uv" / "package")
    (tmp_path / "cache" / "old" / "one").write_bytes(bytes(2_000_000))
    (tmp_path / "cache" / "old" / "two").hardlink_to(tmp_path / "cache" / "old" / "one")
    prune.prune()
    said = capsys.readouterr().err
    assert "2 MB less" in said
    assert str(tmp_path / "uv") in said
    assert not (tmp_path / "cache" / "old").exists()
    prune.prune()
    assert "Nothing of older versions is in the cache." in capsys.readouterr().err


def test_to_prune_brings_nothing(tmp_path):
    (tmp_path / "old").mkdir()
    done = run_setup(tmp_path, tmp_path / "nothing", "--prune")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
