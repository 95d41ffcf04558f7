"""Runs pytest in an environment of another Home Assistant than the one that the harness is made for.

`scripts/test --home-assistant 2026.11 tests/integration` calls it; the first argument is the folder of
packages that holds pytest and the harness, the others are pytest's.
"""

import sys
from pathlib import Path


def main() -> int:
    # As `python -m pytest` has it: the project's folder instead of this file's.
    sys.path[0] = str(Path(__file__).parents[1])
    # Behind the environment's own packages: all that both have is Home Assistant's choice.
    sys.path.append(sys.argv[1])
    # First, because it puts a name of its own in the place of httpx, which the harness imports.
    import homeassistant  # noqa: F401
    import pytest
    from homeassistant.components import logger
    from homeassistant.components.logger import helpers

    # The harness of 2026.10 looks for it where it is no longer handed on.
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
    return int(pytest.main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
