"""`scripts/screenshots` takes the pictures that it is asked for: the cheapest, a node alone, by day and by night."""

import subprocess
import sys

import pytest
from PIL import Image, ImageChops

from .reading import PROJECT

SIZE = (390 * 2, 420 * 2)  # of the smallest phone, at two pixels for each of its own
LIGHT, DARK = "page-no-data-light.png", "page-no-data-dark.png"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    folder = tmp_path_factory.mktemp("images") / "new"
    command = [sys.executable, str(PROJECT / "scripts" / "screenshots"), "page-no-data"]
    done = subprocess.run(
        [*command, "--folder", str(folder)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: Image.open(path).convert("L") for path in folder.iterdir()}


def test_it_takes_what_was_asked_for_and_nothing_else(pictures: dict[str, Image.Image]) -> None:
    assert set(pictures) == {LIGHT, DARK}
    assert {one.size for one in pictures.values()} == {SIZE}


@pytest.mark.parametrize(("name", "grounds"), [(LIGHT, range(200, 256)), (DARK, range(60))])
def test_it_is_light_or_dark_and_not_blank(
    pictures: dict[str, Image.Image], name: str, grounds: range
) -> None:
    assert ground(pictures[name]) in grounds
    left, top, right, bottom = drawn(pictures[name])
    assert right - left > SIZE[0] / 2
    assert bottom - top > SIZE[1] / 4


def test_both_show_the_same(pictures: dict[str, Image.Image]) -> None:
    """By day and by night it stands in the same place: only the colours differ."""
    edges = zip(drawn(pictures[LIGHT]), drawn(pictures[DARK]), strict=True)
    assert all(abs(light - dark) <= 4 for light, dark in edges)


def ground(grey: Image.Image) -> int:
    """Return how light the lower left corner is, where nothing stands."""
    return grey.getpixel((2, SIZE[1] - 2))


def drawn(grey: Image.Image) -> tuple[int, int, int, int]:
    """Return where something stands out from the ground."""
    plain = Image.new("L", grey.size, ground(grey))
    marks = ImageChops.difference(grey, plain).point(lambda value: 255 if value > 60 else 0)
    return marks.getbbox() or (0, 0, 0, 0)
