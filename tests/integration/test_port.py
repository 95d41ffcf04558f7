"""The port: whether others may listen on the way, and how it may be shown."""

from unittest.mock import patch

import pytest

from custom_components.victron_espnow.port import LinkError, is_network, open_port, shown


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "/dev/serial/by-id/usb-Silicon_Labs", "COM3"])
def test_port_of_this_machine_is_none_of_the_network(port: str) -> None:
    assert not is_network(port)


@pytest.mark.parametrize(
    "port",
    ["socket://10.0.0.7:23", "rfc2217://house", "esphome://x?key=y", "spy:///dev/ttyUSB0", "x://["],
)
def test_whatever_is_not_surely_local_is_taken_for_the_network(port: str) -> None:
    assert is_network(port)


def test_what_may_be_a_secret_is_not_shown() -> None:
    assert shown("esphome://proxy:6053?key=secret&port_name=UART") == "esphome://proxy:6053"
    assert shown("/dev/ttyUSB0") == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("raised", "told"),
    [(OSError(5, "Input/output error"), "Input/output error"), (OSError("torn off"), "torn off")],
)
async def test_error_of_a_port_is_told_in_the_words_that_there_are(
    raised: OSError, told: str
) -> None:
    with (
        patch("serialx.open_serial_connection", side_effect=raised),
        pytest.raises(LinkError, match="cannot_open") as failure,
    ):
        await open_port("/dev/ttyUSB0")
    assert failure.value.placeholders == {"device": "/dev/ttyUSB0", "error": told}
