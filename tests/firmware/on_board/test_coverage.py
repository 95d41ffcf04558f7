"""Who hears what: every device of every node, in lines that fit, and nothing that is long past."""

from air import md_of
from display import coverage
from display.registry import MOST_DEVICES, Registry
from host import Output
from node.serial_port import SerialPort
from protocol.serial_payloads import encode_json

NODES = 8


class App:
    def __init__(self):
        self.output = Output()
        self.port = SerialPort(None, self.output)

    def send_json(self, kind, fields):
        assert self.port.send(kind, encode_json(fields))


class Node:
    def __init__(self, number):
        self.mac = b"\x02\x5e\x50\x00\x00" + bytes((number,))


class Nodes:
    def __init__(self):
        self.all = [Node(number) for number in range(NODES)]

    def present(self):
        return self.all


def heard_by_all():
    """Every node hears every device, each as well as its number says."""
    registry, nodes = Registry(), Nodes()
    for number in range(MOST_DEVICES):
        mac = b"\xc0\x00\x00\x00\x00" + bytes((number,))
        for node in nodes.all:
            registry.take(node.mac, mac, -100 - number % 28, 0, md_of(1))
    return registry, nodes


def test_eight_nodes_and_as_many_devices_as_there_may_be_are_told_in_lines_that_fit():
    app = App()
    coverage.tell(app, *heard_by_all())
    lines = app.output.json("coverage")
    told = [(line["node"], mac) for line in lines for mac in line["heard"]]
    assert len(set(told)) == len(told) == NODES * MOST_DEVICES
    assert [line["heard"]["C0000000001F"] for line in lines if "C0000000001F" in line["heard"]] == [
        -103
    ] * NODES


def test_what_was_not_heard_since_is_not_told_again():
    app = App()
    registry, nodes = heard_by_all()
    registry.forget_strengths()
    registry.take(nodes.all[2].mac, b"\xc0\x00\x00\x00\x00\x01", -55, 0, md_of(1))  # a repeat
    coverage.tell(app, registry, nodes)
    assert app.output.json("coverage") == [{"node": "025E50000002", "heard": {"C00000000001": -55}}]


def test_the_strength_of_a_reading_is_that_of_the_copy_that_won():
    registry = Registry()
    device = registry.take(b"near", b"device", -50, 0, md_of(1))
    registry.take(b"far", b"device", -90, 0, md_of(1))
    assert device.rssi == -50
    registry.forget_strengths()
    assert device.rssi == -50
