"""Puts the firmware on boards: image, flashing, provisioning. No part of it runs on a board."""
