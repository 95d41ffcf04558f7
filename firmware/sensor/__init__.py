"""The node beside the Victron devices: hears, relays, holds no Victron key."""
