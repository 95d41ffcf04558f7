"""Where to find this node in the network; the only place where the access point's password is shown."""

import time

from display import screen, texts

_TOP, _STEP = 14, 10
_NO_CLOCK = 2024  # a board that nobody told the time believes in an earlier year


def draw(canvas, face, _subject) -> None:
    """Draw the state of the Wi-Fi."""
    wifi = face.wifi
    screen.clear(canvas)
    texts.title(canvas, "Wi-Fi", wifi.state if not wifi.point_open else "own")
    lines = _own(wifi) if wifi.point_open else _joined(wifi)
    for number in range(len(lines)):
        screen.label(canvas, lines[number], 0, _TOP + number * _STEP)


def _own(wifi) -> list:
    """Return what a phone needs: a name of up to 32 letters, the password, the address."""
    return texts.cut(wifi.point_ssid)[:2] + ["password:", wifi.point_password, wifi.address()]


def _joined(wifi) -> list:
    """Return the network and our address in it, or why there is none."""
    name = texts.cut(wifi.ssid)[:2]
    return (
        name
        + texts.wrapped(wifi.address() or wifi.problem)[:2]
        + [f"channel {wifi.channel} {_clock()}"]
    )


def _clock() -> str:
    """Return the time as on the wall, "" while the host has not told it."""
    year, _, _, hour, minute = time.localtime()[:5]
    return f"{hour:02}:{minute:02}" if year >= _NO_CLOCK else ""
