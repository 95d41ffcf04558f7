"""Commands of a host to a node: the first line says to which, each further one is a name and its arguments."""

from binascii import crc32

from . import board

WATCHES = ("node", "display", "sensor", "protocol")
_TEXTS = [
    'display\nkey {"mac":"C00000A1A201","key":"KEY","name":"Shunt","place":1}\n'
    'limits {"mac":"C00000A1A201","soc_low":30,"voltage_low":11.5}\ndevices {}\nforget {"mac":"C00000A1A201"}',
    'display\nset {"wifi_mode":"station","wifi_ssid":"Harbour","wifi_password":"long enough"}\n'
    'options {"after":"n"}',
    'display\nset {"brightness":7,"oled_offset":2,"night_from":3,"name":"Saloon","pin_buzzer":4}',
    'display\nalarm_test {"severity":"warning"}\nacknowledge {"mac":"C00000A1A201"}\nacknowledge {}\nidentify {}',
    'display\nnode {"mac":"240AC4000002","sleep_s":60}\nnode {"mac":"240AC4000002"}\n'
    'node {"mac":"240AC4000002","drop":true}',
    'display\nmeasure {"what":"i2c"}\nmeasure {"what":"hmac"}\ncounters {"of":"radio"}\ncounters {}',
    'display\ntime {"unix":1795990732,"offset_s":3600}\nlog {"from":0}\nhello {}',
    'display\nprovision {"role":"display","name":"x","epoch":1800000000,"site_key":"KEY"}',
    'sensor\nset {"allow":["C00000A1A201"],"scan_duty":50,"sleep_s":10}\noptions {}\nidentify {}\n'
    'survey {"seconds":9}',
    'sensor\nprovision {"role":"sensor","name":"x","epoch":1,"site_tag":7,"node_key":"KEY"}',
    'sensor\nreboot {}\nsafe {}\nrepl {}\nhello {}\nmeasure {"what":"hmac"}\ncounters {}',
]
SEEDS = [text.replace("KEY", bytes(range(16)).hex()).encode() for text in _TEXTS]


def prepare():
    """Build both nodes once, so that everything is imported."""
    for role in ("display", "sensor"):
        board.begin()
        board.node(role)


def seal(data):
    """Make each line one with its CRC; the first one goes before."""
    role, *lines = data.split(b"\n")
    sealed = []
    for number, line in enumerate(lines):
        signed = b"#V1 %d cmd %d %b" % (number, number, line)
        sealed.append(b"%b *%08x" % (signed, crc32(signed)))
    return b"\n".join([role] + sealed)


def feed(sealed):
    """Let a fresh node take all lines, then live once more with what it has stored."""
    first, *lines = sealed.split(b"\n")
    role = "sensor" if first.startswith(b"sensor") else "display"
    board.begin()
    app = board.node(role)
    if role == "display":
        app.commands[-1][1].relay.nodes.of(board.SENSOR_MAC)  # one that orders can be for
    for line in lines:
        app.console.take(line)
        while board.TASKS:
            board.drive(board.TASKS.pop())
    return board.said(app, board.node(role))
