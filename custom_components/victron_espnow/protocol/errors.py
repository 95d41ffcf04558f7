"""Why an input was refused: one class per reason, and counters everywhere are keyed by `reason`.

In the boards' image those that nobody tells apart are one class, raised with its reason (firmware/image).
"""


class ProtocolError(Exception):
    """Base of every refusal in this package."""

    reason = "protocol_error"

    def __init__(self, reason: str = "") -> None:
        super().__init__(*([reason] if reason else []))
        if reason:
            self.reason = reason

    def __str__(self) -> str:
        """Without a message of its own a refusal is told by its reason."""
        return str(self.args[0]) if self.args else self.reason


class TooShort(ProtocolError):
    """Fewer than the 8 bytes every Instant Readout frame has."""

    reason = "too_short"


class NotInstantReadout(ProtocolError):
    """Victron's company id, but another kind of advertisement (VE.Smart networking)."""

    reason = "not_instant_readout"


class NoPayload(ProtocolError):
    """The header alone."""

    reason = "no_payload"


class NoData(ProtocolError):
    """A dongle with nothing attached: neither readings nor a judgement on the key."""

    reason = "no_data"


class UnknownRecordType(ProtocolError):
    """A record type that no table describes; `record_type` holds it."""

    reason = "unknown_record_type"

    def __init__(self, record_type: int = -1) -> None:
        super().__init__()
        self.record_type = record_type


class TruncatedRecord(ProtocolError):
    """The payload is shorter than its record table."""

    reason = "truncated_record"


class KeyWrongLength(ProtocolError):
    """A key is 16 bytes; `digits` holds the hex digits found, never printed."""

    reason = "key_wrong_length"

    def __init__(self, digits: str = "") -> None:
        super().__init__()
        self.digits = digits


class KeyMismatch(ProtocolError):
    """The first byte of the key is not the check byte of the frame."""

    reason = "key_mismatch"


class KeyMissing(ProtocolError):
    """An encrypted record, and no key."""

    reason = "key_missing"


class BadMac(ProtocolError):
    """No six bytes of an address in the text."""

    reason = "bad_mac"
