"""Options of both kinds of node."""

from node.checks import pin
from node.provisioning import is_name

# name -> (default, check, is it a secret)
TABLE = {
    "name": ("", is_name, False),  # "": the one of the provisioning
    "pin_led": (-1, pin, False),
}
