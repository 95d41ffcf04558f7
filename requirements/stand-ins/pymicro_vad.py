"""In place of a package that needs a C++ compiler: Home Assistant's voice pipeline imports it at every start."""


class MicroVad:
    """Voice activity detection, which nothing here uses."""

    def __init__(self) -> None:
        raise RuntimeError(
            "pymicro-vad is not installed: there is no voice pipeline in this environment"
        )
