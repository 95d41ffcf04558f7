"""Files of a node's, whatever became of them: the first line names one, the rest is in it."""

from binascii import crc32

from . import board

WATCHES = ("node", "display", "sensor", "protocol")
MAC, KEY = b"C00000A1A201", b"000102030405060708090a0b0c0d0e0f"
RTC = "rtc"  # no file: what RTC memory keeps
FILES = {
    "config.json": '{"version":1,"role":"display","name":"x","epoch":5,"site_key":"KEY"}',
    "options.json": '{"version":1,"options":{"brightness":9,"wifi_mode":"ap","name":"Saloon","page_seconds":3}}',
    "keys.json": '{"C00000A1A201":{"key":"KEY","name":"Shunt","place":1,"proved":true}}',
    "limits.json": '{"C00000A1A201":[300,100,1150,1550,-1]}',
    "orders.json": '{"240AC4000002":[[4711,"{\\"sleep_s\\":5}"]]}',
    "acknowledged.json": '{"C00000A1A201 soc_low":123,"C00000A1A201 device_alarm":5}',
    "access_point.json": '{"password":"abcdefghjkmn"}',
    "home.json": '{"mac":"240AC4000001","channel":6}',
}
_TEXTS = [f"display {name}\n{text}" for name, text in FILES.items()] + [
    'sensor config.json\n{"version":1,"role":"sensor","name":"x","epoch":5,"node_key":"KEY","site_tag":513,'
    '"moved":true}',
    'sensor options.json\n{"version":1,"options":{"allow":["C00000A1A201"],"scan_duty":50,"sleep_s":9}}',
    "sensor home.json\n" + FILES["home.json"],
]
SEEDS = [text.encode().replace(b"KEY", KEY) for text in _TEXTS] + [
    b"sensor rtc\n\x01\x00\x05power\x01" + bytes(range(26)) + b"bad_order",
    b"display rtc\n\x01\x03\x00",
]


def prepare():
    """Build both nodes once, so that everything is imported."""
    for seed in SEEDS:
        feed(seal(seed))


def seal(data):
    """Give what is in RTC memory its CRC; a file has none."""
    head, _, rest = data.partition(b"\n")
    if head.endswith(RTC.encode()):
        return head + b"\n" + rest + crc32(rest).to_bytes(4, "little")
    return data


def feed(sealed):
    """Start with it, use it, change it, start again."""
    import machine

    head, _, content = sealed.partition(b"\n")
    role, _, name = head.partition(b" ")
    role = "sensor" if role == b"sensor" else "display"
    name = name.decode() if name in [one.encode() for one in [RTC] + list(FILES)] else ""
    board.begin()
    if name == RTC:
        machine.RTC.kept = content
    elif name:
        with open(name, "wb") as file:
            file.write(content)
    told = b""
    for _ in range(2):
        app = board.node(role)
        (_use_display if role == "display" else _use_sensor)(app)
        app.restart("once more")
        told += board.said(app)
    return told


def _use_display(app):
    from display import access_point, key_store, limit_store

    node = app.commands[-1][1]
    mac = bytes.fromhex(MAC.decode())
    assert len(access_point.password()) >= access_point.LENGTH
    if node.relay:
        node.relay.nodes.of(board.SENSOR_MAC)
        for name, arguments in (
            ("node", {"mac": "240AC4000002"}),
            ("node", {"mac": "240AC4000002", "sleep_s": 3}),
        ):
            _command(app, name, arguments)
        order = node.relay._gateway._orders.next(board.SENSOR_MAC)
        if order:
            node.relay._gateway._orders.confirm(board.SENSOR_MAC, order[0], "")
    for mac_of_key in list(node.keys.entries):
        node.limits.of(mac_of_key, 2, 2400)
        key_store.told(node.keys)
    node.limits.expected()
    limit_store.told(node.limits.set_of(mac))
    for name, arguments in (
        ("key", {"mac": MAC.decode(), "key": KEY.decode(), "name": "n"}),
        ("limits", {"mac": MAC.decode(), "soc_low": 40}),
        ("acknowledge", {}),
        ("options", {}),
        ("set", {"brightness": 11}),
        ("forget", {"mac": MAC.decode()}),
    ):
        _command(app, name, arguments)
    node.watch.look()
    board.draw(node.face)


def _use_sensor(app):
    for name, arguments in (("options", {}), ("set", {"scan_duty": 60}), ("counters", {})):
        _command(app, name, arguments)


def _command(app, name, arguments):
    from protocol.serial_payloads import encode_command

    for line in encode_command(1, 1, name, arguments).split(b"\n"):
        app.console.take(line)
