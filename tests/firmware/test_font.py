"""The OLED's digits are what the script draws."""

import subprocess
import sys

from .runner import PROJECT


def test_the_digits_are_what_the_script_draws():
    script = PROJECT / "scripts" / "make_font.py"
    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0
