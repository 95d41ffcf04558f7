from helpers import raises
from noise import Noise
from protocol import radio
from protocol.replay import STRIDE

LAST = 0xFFFFFFFF


class Flash:
    """A receiver with a window and a place where the ceiling survives."""

    def __init__(self, writing=True):
        self.held = (0, 0)
        self.writes = 0
        self.writing = writing
        self.used = []
        self.restart()

    def restart(self):
        self.window = radio.ReplayWindow(*self.held)

    def store(self):
        due = self.window.to_store
        if due is None or not self.writing:
            return
        self.held = due
        self.writes += 1
        self.window.stored(*due)

    def receive(self, epoch, sequence):
        self.window.accept(epoch, sequence)
        self.store()
        self.used.append((epoch, sequence))


def test_rising_numbers_pass_once():
    window = radio.ReplayWindow()
    for sequence in (1, 2, 5, 100000):
        window.accept(1, sequence)
        assert window.floor == (1, sequence)


def test_the_newest_frame_once_more_is_a_repetition_and_older_ones_are_replayed():
    window = radio.ReplayWindow()
    window.accept(1, 5)
    assert raises(radio.Repeated, window.accept, 1, 5).reason == "repeated"
    assert raises(radio.Replayed, window.accept, 1, 4).reason == "replayed"
    assert raises(radio.Replayed, window.accept, 0, 6).reason == "replayed"
    assert window.floor == (1, 5)


def test_the_epoch_may_rise_by_any_amount_and_the_sequence_start_anew():
    window = radio.ReplayWindow()
    for epoch in (1, 2, 1000, 1800000000, LAST):
        window.accept(epoch, 7)
        raises(radio.Replayed, window.accept, epoch - 1, LAST)
    assert window.floor == (LAST, 7)


def test_a_wrapped_sequence_is_refused_until_the_epoch_rises():
    window = radio.ReplayWindow()
    window.accept(1, LAST)
    raises(radio.Replayed, window.accept, 1, 0)
    raises(radio.Replayed, window.accept, 1, 1)
    window.accept(2, 0)


def test_a_ceiling_is_due_when_the_epoch_rises_and_every_few_thousand_frames():
    flash = Flash()
    for sequence in range(1, 3 * STRIDE):
        flash.receive(1, sequence)
    assert flash.writes == 3
    flash.receive(2, 1)
    assert flash.writes == 4
    assert flash.held == (2, 1 + STRIDE)


def test_a_ceiling_stays_due_until_it_is_in_flash():
    window = radio.ReplayWindow()
    window.accept(3, 10)
    assert window.to_store == window.to_store == (3, 10 + STRIDE)
    window.accept(3, 11)
    assert window.to_store == (3, 11 + STRIDE)
    window.stored(3, 11 + STRIDE)
    assert window.to_store is None
    window.accept(3, 11 + STRIDE)
    assert window.to_store is None
    window.accept(3, 12 + STRIDE)
    assert window.to_store == (3, 12 + 2 * STRIDE)


def test_the_ceiling_never_needs_a_33rd_bit():
    window = radio.ReplayWindow()
    window.accept(1, LAST - 1)
    assert window.to_store == (1, LAST)


def test_without_storing_a_recording_passes_after_a_restart_and_with_it_does_not():
    recording = [(1, sequence) for sequence in range(1, 50)]
    for writing in (False, True):
        flash = Flash(writing)
        for frame in recording:
            flash.receive(*frame)
        flash.restart()
        passed = 0
        for frame in recording:
            try:
                flash.receive(*frame)
                passed += 1
            except radio.Replayed:
                pass
        assert passed == (0 if writing else len(recording))


def test_after_a_restart_the_ceiling_itself_is_replayed_not_repeated():
    flash = Flash()
    flash.receive(1, 1)
    flash.receive(1, 1 + STRIDE)
    flash.restart()
    raises(radio.Replayed, flash.window.accept, 1, 1 + STRIDE)
    flash.receive(1, 2 + STRIDE)


def test_a_live_sender_jumps_over_the_floor_that_an_answer_tells_it():
    flash = Flash()
    flash.receive(1, 1)
    flash.restart()
    raises(radio.Replayed, flash.window.accept, 1, 2)
    epoch, sequence = flash.window.floor
    flash.receive(epoch, sequence + 1)
    assert flash.used == [(1, 1), (1, 2 + STRIDE)]


def test_a_refused_frame_changes_nothing():
    window = radio.ReplayWindow(5, 100)
    for pair in ((5, 100), (5, 99), (4, 5000), (0, 0)):
        raises(radio.Replayed, window.accept, *pair)
    assert window.floor == (5, 100)
    assert window.to_store is None


def test_a_power_cut_between_any_two_steps_never_lets_a_frame_be_used_twice():
    noise = Noise(3)
    flash = Flash()
    sequence = 0
    recorded = []
    for _ in range(400):
        sequence += 1 + noise.below(1500)
        cut = noise.below(4)
        recorded.append(sequence)
        try:
            flash.window.accept(1, sequence)
        except radio.Replayed:
            sequence = flash.window.floor[1]
            continue
        if cut != 1:
            flash.store()
            if cut != 2:
                flash.used.append((1, sequence))
        if cut:
            flash.restart()
            for old in recorded[-5:] + recorded[:5]:
                if (1, old) in flash.used:
                    raises(radio.Replayed, flash.window.accept, 1, old)
    assert len(flash.used) == len(set(flash.used)) > 50
