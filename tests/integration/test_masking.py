"""What the serial library logs of our commands says everything but the secrets."""

import logging

import pytest
from homeassistant.core import HomeAssistant

from custom_components.victron_espnow.const import DOMAIN
from custom_components.victron_espnow.masking import _MASK, mask_log, masked
from custom_components.victron_espnow.protocol.serial_line import encode_command

from .conftest import SetUp, subentry, until
from .fake_node import PtyNode, Victron

KEY = "0df4d0395b7d1a876c0c33ecb9e70dcd"
LOGGER = logging.getLogger("serialx.descriptor_transport")


@pytest.mark.parametrize("secret", ['quo"te', "back\\slash", "hash#tag", "ünï", KEY])
@pytest.mark.parametrize("name", ["key", "wifi_password"])
def test_a_secret_is_stars_whatever_is_in_it(name: str, secret: str) -> None:
    line = encode_command(1, 2, "any", {"a": 1, name: secret, "b": 2})
    found = masked(line)
    assert isinstance(found, bytes)
    for kept in (b'"a":1', b'"b":2', b'"%s":"***"' % name.encode()):
        assert kept in found
    assert secret.encode()[-4:] not in found
    for end in range(line.index(b":"), len(line)):  # a line in pieces
        assert secret.encode()[-4:] not in masked(line[:end])


def test_other_things_stay_as_they_are() -> None:
    line = encode_command(1, 2, "options", {"after": "keyboard"})
    assert masked(line) == line
    assert masked(7) == 7


def test_a_log_of_the_library_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mask_log()
    LOGGER.debug("Immediately writing %r", encode_command(1, 2, "key", {"key": KEY}))
    assert '"key":"***"' in caplog.text
    assert KEY not in caplog.text
    logging.getLogger(DOMAIN).debug("%r", b"as it is")
    assert "as it is" in caplog.text


async def test_key_that_is_pushed_stays_out_of_the_log(
    hass: HomeAssistant,
    node: PtyNode,
    set_up: SetUp,
    shunt: Victron,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in list(logging.root.manager.loggerDict):  # as if no port was opened yet
        logging.getLogger(name).removeFilter(_MASK)
    caplog.set_level(logging.DEBUG)
    await set_up(subentry(shunt, "House"))
    await until(lambda: node.keys)
    assert '"key":"***"' in caplog.text
    assert shunt.key.hex() not in caplog.text.lower()
