"""Options of both kinds of node."""

from node.checks import pin

# name -> (default, check, is it a secret)
TABLE = {
    "pin_led": (-1, pin, False),
}
