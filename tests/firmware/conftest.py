"""What lies in on_board/ and fakes/ runs on MicroPython, started by test_on_board.py."""

collect_ignore = ["on_board", "fakes"]
