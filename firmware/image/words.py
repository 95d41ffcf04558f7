"""The words for codes of alarms, out of the protocol's tables: a file that the display node reads a line at a time.

:code charger_error error_code      what the numbers are, and the fields that have them
1 battery temperature too high      number and meaning, for the OLED; the slugs are Home Assistant's
"""

import runpy
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NAMES = PROJECT / "custom_components" / "victron_espnow" / "protocol" / "names.py"
FILE = "words.txt"

# In the protocol's tables of which kind they are, and the fields that raise an alarm (firmware/display/alarm_page.py).
_KINDS = (
    ("code", "STATES", ("charger_error", "error_code", "error", "vebus_error")),
    ("bits", "FLAGS", ("alarm_reason", "warning_reason", "bms_flags")),
    ("levels", "LEVELS", ("warnings_alarms",)),
)


def word_files() -> dict[str, bytes]:
    """Return the file by its name beside the program."""
    return {FILE: _words().encode()}


def _words() -> str:
    names = runpy.run_path(str(NAMES))
    text = ""
    for kind, table, fields in _KINDS:
        sections: dict[str, list[str]] = {}
        for field in fields:
            sections.setdefault(names[table][field], []).append(field)
        for entries, owners in sections.items():
            text += f":{kind} {' '.join(owners)}\n"
            for line in entries.strip().split("\n"):
                number, _, meaning = line.split(" ", 2)
                text += f"{number} {meaning}\n"
    return text
