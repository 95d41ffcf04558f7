"""A board without a board: ROM boot loader, flasher stub, flash, reset circuit and, once it runs, the twin."""
