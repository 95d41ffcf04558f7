"""The node beside the people: collects, shows, hands on to Home Assistant."""
