"""What the firmware has promised, measured in virtual time: `scripts/scenarios`."""
