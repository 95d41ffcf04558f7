"""The charge algorithm that all chargers share: bulk, absorption, float, storage.

Source: manuals of SmartSolar and Blue Smart IP22, section "battery charging"; LiFePO4 preset.
"""

from dataclasses import dataclass

OFF, FAULT, BULK, ABSORPTION, FLOAT, STORAGE = 0, 2, 3, 4, 5, 6
POWER_SUPPLY, REPEATED_ABSORPTION, EXTERNAL_CONTROL = 11, 246, 252
_REPEAT_S = 7 * 86400
_REPEATED_S = 3600
_SHORTEST_S, _LONGEST_S = 900, 7200
_TAIL_S = 60
_LACK_CELL_V = 0.05  # so far below the absorption voltage is bulk again


@dataclass
class Setting:
    """Voltages of one cell, so that 12 and 48 V share them."""

    absorption: float = 3.55
    float_: float = 3.375
    storage: float = 3.375
    rebulk_below: float = 0.05  # under float
    storage_after_s: float = 8 * 3600
    tail_a: float = 2.0


class Stages:
    """The stage of one charger; it looks at the voltage it measures and the current it gives."""

    def __init__(self, setting: Setting, cells: int) -> None:
        self.setting = setting
        self._cells = cells
        self.stage = BULK
        self._in_stage = 0.0
        self._bulk_s = 0.0
        self._short_s = 0.0  # how long power has been short
        self._low_s = 0.0  # how long the tail current, or the voltage, has been low

    def restart(self) -> None:
        """Begin anew: switched on, or the sun has come up."""
        self._enter(BULK)
        self._bulk_s = 0

    @property
    def target(self) -> float:
        """Return the V to hold."""
        setting = self.setting
        held = {FLOAT: setting.float_, STORAGE: setting.storage}
        return self._cells * held.get(self.stage, setting.absorption)

    def step(self, volts: float, amps: float, limited: bool, seconds: float) -> None:
        """Go on; `limited` says that power or current is at its end, not the voltage."""
        self._in_stage += seconds
        if self.stage == BULK:
            self._bulk_s += seconds
            if not limited:
                self._enter(ABSORPTION)
        elif self.stage in (ABSORPTION, REPEATED_ABSORPTION):
            self._absorb(volts, amps, limited, seconds)
        else:
            self._hold(volts, seconds)

    def _absorb(self, volts: float, amps: float, limited: bool, seconds: float) -> None:
        """Adaptive: after a long bulk long, after a short one short; the tail current ends it."""
        short = limited and volts < self.target - _LACK_CELL_V * self._cells
        self._short_s = self._short_s + seconds if short else 0
        if self._short_s >= _TAIL_S:
            self._enter(BULK)  # a cloud, or a large load: the voltage is lost again
            return
        tail = amps < self.setting.tail_a and not limited
        self._low_s = self._low_s + seconds if tail else 0
        longest = min(max(2 * self._bulk_s, _SHORTEST_S), _LONGEST_S)
        if self.stage == REPEATED_ABSORPTION:
            longest = _REPEATED_S
        if self._low_s >= _TAIL_S or self._in_stage >= longest:
            self._enter(FLOAT if self.stage == ABSORPTION else STORAGE)

    def _hold(self, volts: float, seconds: float) -> None:
        """Float becomes storage, storage gets its weekly absorption, a sag begins anew."""
        low = volts < self.target - self.setting.rebulk_below * self._cells
        self._low_s = self._low_s + seconds if low else 0
        if self._low_s >= _TAIL_S:
            self.restart()
        elif self.stage == FLOAT and self._in_stage >= self.setting.storage_after_s:
            self._enter(STORAGE)
        elif self.stage == STORAGE and self._in_stage >= _REPEAT_S:
            self._enter(REPEATED_ABSORPTION)

    def _enter(self, stage: int) -> None:
        self.stage = stage
        self._in_stage = self._low_s = self._short_s = 0
