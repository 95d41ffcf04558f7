"""All tables: the name on the command line, and the module that measures it."""

TABLES = {
    "decode": "decode",
    "home-assistant": "home_assistant",
    "boards": "boards",
    "bytes": "bytes_sent",
    "delivery": "delivery",
    "recovery": "recovery",
    "growth": "growth",
}
