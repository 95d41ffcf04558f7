"""Nothing of Home Assistant here: tests/protocol, firmware and simulator run without it."""
