"""The real firmware in the twin: from the advertisement to the serial line and the panel."""

import subprocess
import sys
from pathlib import Path

from simulator import World, protocol_route, scenario
from simulator.interpreter import PROJECT
from simulator.provision import provision, push_key


async def test_every_reading_of_the_trailer_comes_out_of_the_display_node(world: World):
    advert = protocol_route.module("serial_payloads").parse_advert
    display = await world.start_node("display", tcp=None)
    sensor = await world.start_node("sensor", tcp=None)
    await provision(display, "display")
    await provision(sensor, "sensor")
    source = scenario.load("trailer")
    for device in source.devices:
        await push_key(display, device.address, device.key, device.name)
    arrived: set[tuple[bytes, bytes]] = set()

    def note(line: object) -> None:
        if line.kind == "adv":
            mac, node, _, _, md = advert(line.payload)
            assert node == sensor.mac
            arrived.add((mac, md))

    display.on_line(note)
    world.add_source(source)
    sent: set[tuple[bytes, bytes]] = set()
    for second in range(30):
        await world.sleep(0.5)
        if second > 5:
            sent |= {(address, now.md) for address, now in source.now().items()}
        await world.sleep(0.5)
    await world.sleep(3)
    assert sent - arrived == set()
    assert display.restarts == sensor.restarts == 1  # after provisioning
    assert display.crash is sensor.crash is None
    assert any(any(row) for row in display.oled.rows())


def test_the_command_runs_the_trailer(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "run", "trailer", "--seconds", "4", "--oled", "o.png"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Display node: socket://127.0.0.1:" in done.stdout
    assert "display   adv " in done.stdout
    assert (tmp_path / "o.png").stat().st_size > 1000
