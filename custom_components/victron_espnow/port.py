"""The serial port: where it is, how it may be shown, and why it cannot be opened."""

import asyncio
import errno
from urllib.parse import urlsplit

import serialx

from .const import BAUD_RATE, LOGGER
from .masking import mask_log

# A path has no scheme; whatever is not surely local may be overheard.
LOCAL_SCHEMES = ("", "device")

_OPEN_ERRORS = {
    errno.ENOENT: "port_absent",
    errno.ENODEV: "port_absent",
    errno.ENXIO: "port_absent",
    errno.EBUSY: "port_busy",
    errno.EACCES: "port_permission",
    errno.EPERM: "port_permission",
    errno.ECONNREFUSED: "network_unreachable",
    errno.EHOSTUNREACH: "network_unreachable",
    errno.ENETUNREACH: "network_unreachable",
}


class LinkError(Exception):
    """The link cannot be used; the reason is also the key of the translated message."""

    def __init__(self, reason: str, **placeholders: str) -> None:
        """Remember what the message needs."""
        super().__init__(reason)
        self.reason = reason
        self.placeholders = placeholders


def is_network(url: str) -> bool:
    """Return whether the port is reached over a network, where others may listen.

    Read as serialx reads it, which takes capitals, and drops blanks and line breaks.
    """
    try:
        return urlsplit(url).scheme not in LOCAL_SCHEMES
    except ValueError:
        return True


def shown(url: str) -> str:
    """Return the port as it may be shown: what follows the ? can be a secret."""
    return url.partition("?")[0]


async def open_port(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open the port, or say why not."""
    device = shown(url)
    try:
        streams = await serialx.open_serial_connection(url=url, baudrate=BAUD_RATE)
    except TimeoutError as err:
        raise LinkError("network_unreachable", device=device) from err
    except ValueError as err:
        raise LinkError("invalid_url", device=device) from err
    except serialx.SerialException as err:
        reason = "invalid_url" if "://" in url else "cannot_open"
        raise LinkError(reason, device=device, error=str(err)) from err
    except OSError as err:
        fallback = "network_unreachable" if is_network(url) else "cannot_open"
        reason = _OPEN_ERRORS.get(err.errno or 0, fallback)
        raise LinkError(reason, device=device, error=err.strerror or str(err)) from err
    except Exception as err:
        # Backends have errors of their own: that of ESPHome raises ConfigEntryNotReady.
        LOGGER.debug("Unexpected error while opening %s", device, exc_info=True)
        raise LinkError("cannot_open", device=device, error=str(err)) from err
    mask_log()
    return streams
