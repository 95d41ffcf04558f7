"""Orders to a sensor node: queued, carried by a receipt, confirmed, kept over restarts."""

import os

from display.orders import MOST_TEXT, MOST_WAITING, OrderError, Orders
from node.mac_text import plain
from protocol import radio_frame
from protocol.radio_bodies import order_of
from test_gateway import NODE, OTHER, Display, opened, readings_frame, state_frame


class Hub(Display):
    """A display node that knows one sensor node, and the console's way to it."""

    def __init__(self):
        super().__init__()
        self.orders = self.gateway._orders
        self.sequence = 0
        self.hear()

    def hear(self, challenge=bytes(4)):
        self.sequence += 1
        return self.take(readings_frame(self.sequence, challenge=challenge))

    def carried(self):
        """The order in the receipt that comes next."""
        return order_of(opened(self.hear(b"abcd")).body)

    def confirm(self, number, result=""):
        self.sequence += 1
        self.take(state_frame(self.sequence, order=number, result=result))

    def queue(self, node=NODE, **args):
        args["mac"] = plain(node)
        return self.orders.command(args)

    def refusal(self, **args):
        try:
            self.orders.command(args)
        except OrderError as error:
            return error.reason
        return None


def test_an_order_travels_with_every_receipt_until_it_is_confirmed():
    hub = Hub()
    assert hub.carried() is None
    assert hub.queue(name="Heck") == {"pending": 1}
    number, text = hub.carried()
    assert text == b'{"name":"Heck"}'
    assert hub.carried() == (number, text)
    hub.confirm(number)
    assert hub.carried() is None
    assert "did" in hub.told[-1]


def test_only_the_node_it_is_for_gets_it_and_in_order():
    hub = Hub()
    hub.take(readings_frame(1, source=OTHER), source=OTHER)
    hub.queue(OTHER, reboot=True)
    assert hub.carried() is None
    hub.queue(scan_duty=50)
    hub.queue(reboot=True)
    first, text = hub.carried()
    assert text == b'{"scan_duty":50}'
    hub.confirm(first)
    assert hub.carried()[1] == b'{"reboot":true}'


def test_a_confirmation_of_another_order_confirms_nothing():
    hub = Hub()
    hub.queue(name="Heck")
    number, _ = hub.carried()
    hub.confirm(number + 1)
    hub.confirm(0)
    assert hub.carried()[0] == number


def test_a_refusal_by_the_node_ends_it_and_is_told_with_its_reason():
    hub = Hub()
    hub.queue(scan_duty=1)
    hub.confirm(hub.carried()[0], "bad_scan_duty")
    assert hub.carried() is None
    assert hub.told[-1].endswith("bad_scan_duty")


def test_orders_survive_a_restart_of_the_display_node():
    before = Hub()
    before.queue(name="Heck")
    number, text = before.carried()
    after = Display()
    receipt = after.take(readings_frame(before.sequence + 4097, challenge=b"abcd"))
    assert order_of(opened(receipt).body) == (number, text)


def test_a_damaged_store_is_told_and_stops_nothing():
    for content in ('{"025E50000001": [[1]]}', '{"025E50000001": 5}', "{", '{"x": [[1, 2]]}'):
        with open("orders.json", "w") as file:
            file.write(content)
        display = Display()
        assert display.told, content
        display.take(readings_frame(1, epoch=os.urandom(1)[0] + 1000))


def test_what_cannot_be_an_order_is_refused_by_name():
    hub = Hub()
    assert hub.refusal(mac="zz", reboot=True) == "bad_mac"
    assert hub.refusal(reboot=True) == "bad_mac"
    assert hub.refusal(mac=plain(OTHER), reboot=True) == "unknown_node"
    assert hub.refusal(mac=plain(NODE), name="x" * MOST_TEXT) == "order_too_long"
    for _ in range(MOST_WAITING):
        hub.queue(identify=True)
    assert hub.refusal(mac=plain(NODE), identify=True) == "too_many_orders"


def test_the_longest_order_fits_into_a_receipt():
    hub = Hub()
    hub.queue(name="x" * (MOST_TEXT - len('{"name":""}')))
    receipt = hub.hear(b"abcd")
    assert len(receipt) <= radio_frame.MAX_FRAME
    assert len(order_of(opened(receipt).body)[1]) == MOST_TEXT


def test_what_waits_can_be_read_and_dropped():
    hub = Hub()
    hub.queue(name="Heck")
    assert hub.queue() == {"pending": 1, "next": '{"name":"Heck"}'}
    assert hub.orders.waiting(NODE) == 1
    assert hub.queue(drop=True) == {"dropped": 1}
    assert hub.carried() is None
    assert Orders(hub.nodes, hub).waiting(NODE) == 0
