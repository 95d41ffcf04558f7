"""Sun and weather: irradiance on a flat roof by date, latitude and passing clouds; air temperature."""

import math
from datetime import datetime, timedelta
from random import Random

_CLEAR_S, _CLOUD_S = 900, 420  # mean length of a gap and of a cloud on a half clouded day
_EDGE_S = 20  # an edge takes this long to pass over the roof
_DARKEST, _BRIGHTEST = 0.2, 0.6  # what comes through a cloud
_BESIDE = 1.04  # between clouds their edges add some light


def elevation(when: datetime, latitude: float) -> float:
    """Return the sine of the sun's height at local solar time (declination: Cooper 1969)."""
    day = when.timetuple().tm_yday
    declination = math.radians(23.45) * math.sin(math.tau * (284 + day) / 365)
    hour = when.hour + when.minute / 60 + when.second / 3600
    angle = math.radians(15) * (hour - 12)
    place = math.radians(latitude)
    return math.sin(place) * math.sin(declination) + math.cos(place) * math.cos(
        declination
    ) * math.cos(angle)


def clear_sky(sine: float) -> float:
    """Return W/m² on level ground under a clear sky (Haurwitz 1945)."""
    return 1098 * sine * math.exp(-0.057 / sine) if sine > 0.001 else 0.0


class Sun:
    """What falls on the roof as the day goes on."""

    def __init__(self, random: Random, latitude: float, clouds: float, temperature: float) -> None:
        self._random = random
        self._latitude = latitude
        self.clouds = clouds  # covered share of the sky, 0 to 1
        self._mean_temperature = temperature
        self._through = self._goal = 1.0
        self._change: datetime | None = None
        self.irradiance = 0.0  # W/m²
        self.temperature = temperature  # °C

    def step(self, when: datetime, seconds: float) -> None:
        """Go on to this time."""
        self._pass_clouds(when)
        self._through += (self._goal - self._through) * min(1, seconds / _EDGE_S)
        self.irradiance = clear_sky(elevation(when, self._latitude)) * self._through
        hour = when.hour + when.minute / 60
        self.temperature = self._mean_temperature + 6 * math.sin(math.tau * (hour - 9) / 24)

    def _pass_clouds(self, when: datetime) -> None:
        """Draw clouds and gaps by their ends, so that the step's length does not matter."""
        if self._change is None:
            self._change = when
        while when >= self._change:
            cloudy = self._random.random() < self.clouds
            mean = _CLOUD_S * 2 * self.clouds if cloudy else _CLEAR_S * 2 * (1 - self.clouds)
            self._goal = self._random.uniform(_DARKEST, _BRIGHTEST) if cloudy else self._between()
            self._change += timedelta(seconds=20 + self._random.expovariate(1 / max(mean, 30)))

    def _between(self) -> float:
        return self._random.uniform(1.0, _BESIDE) if self.clouds > 0.1 else 1.0
