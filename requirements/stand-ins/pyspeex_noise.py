"""In place of a package that needs a C++ compiler: Home Assistant's voice pipeline imports it at every start."""


class AudioProcessor:
    """Noise suppression, which nothing here uses."""

    def __init__(self, *_arguments: object) -> None:
        raise RuntimeError(
            "pyspeex-noise is not installed: there is no voice pipeline in this environment"
        )
