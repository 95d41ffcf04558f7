"""scripts/decode prints what the vectors expect and refuses the rest in one line."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "shared"))

from frames import VECTORS

PROJECT = Path(__file__).parents[2]
COMMAND = PROJECT / "scripts" / "decode"
SHUNT = next(v for v in VECTORS if v["nonce"] == 16560)
KEY, ADVERT = SHUNT["key_hex"], SHUNT["manufacturer_data_hex"]
GOOD = [v for v in VECTORS if "error" not in v["expected"]]
BAD = [v for v in VECTORS if "error" in v["expected"] and v["kind"] in ("malformed", "wrong_key")]


def run(*arguments, given=""):
    return subprocess.run(
        [sys.executable, COMMAND, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=60,
    )


def readings(done):
    assert done.stderr == ""
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_good_vector_prints_its_expected_numbers():
    lines = [f"{v['key_hex'] or '-'} {v['manufacturer_data_hex']}\n" for v in GOOD]
    printed = readings(run(given="".join(lines)))
    assert [reading["fields"] for reading in printed] == [v["expected"] for v in GOOD]
    assert all(reading["plausible"] is True for reading in printed)


def test_numbers_are_printed_as_in_the_vectors():
    printed = run(KEY, ADVERT).stdout
    assert '"battery_voltage_v": 12.53' in printed
    assert '"soc_pct": 50.0' in printed
    assert '"aux_mode": 3' in printed


def test_a_reading_names_its_record_and_model():
    (reading,) = readings(run(KEY, ADVERT))
    assert list(reading) == ["record", "model", "fields", "plausible"]
    assert reading["record"] == "battery_monitor"
    assert reading["model"] == "SmartShunt 500A/50mV"


def test_an_unknown_product_has_no_model():
    (reading,) = readings(run("-", "1000ff7fff010001" + "00" * 16))
    assert reading["model"] is None


def test_several_advertisements_share_a_key():
    assert len(readings(run(KEY, ADVERT, ADVERT))) == 2


@pytest.mark.parametrize(
    "advert",
    [
        ADVERT.upper(),
        "e102" + ADVERT,
        bytes.fromhex(ADVERT).hex(" "),
        bytes.fromhex(ADVERT).hex(":"),
    ],
    ids=["upper case", "company id", "spaces", "colons"],
)
def test_other_spellings_of_an_advertisement(advert):
    assert len(readings(run(KEY, advert))) == 1
    assert len(readings(run(given=f"\n  {KEY.upper()} {advert}\r\n\n"))) == 1


def test_an_advertisement_may_be_pasted_with_its_spaces_and_without_quotes():
    spaced = [ADVERT[at : at + 2] for at in range(0, len(ADVERT), 2)]
    assert readings(run(KEY, *spaced)) == readings(run(KEY, ADVERT))


def test_a_key_may_be_labelled():
    assert len(readings(run("Key: " + bytes.fromhex(KEY).hex(":"), ADVERT))) == 1


@pytest.mark.parametrize("vector", BAD, ids=lambda v: v["expected"]["error"])
def test_what_cannot_be_read_is_named_in_one_line(vector):
    done = run(vector["key_hex"] or "-", vector["manufacturer_data_hex"])
    if vector["expected"]["error"] == "wrong_key_undetectable_by_check_byte":
        assert readings(done)[0]["plausible"] is False
        return
    assert done.returncode == 2
    assert done.stdout == ""
    assert vector["expected"]["error"] in done.stderr
    assert done.stderr.count("\n") == 1
    assert (vector["key_hex"] or "no key") not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((KEY, "xyz"), "not_hex"),
        ((KEY, ADVERT[:-1]), "not_hex"),
        (("-", ADVERT), "key_missing"),
        ((KEY, "100289a342b040af00"), "unknown_record_type"),
        (("", ADVERT), "key_wrong_length"),
    ],
)
def test_other_bad_input_is_named(arguments, reason):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bad_line_does_not_stop_the_good_ones():
    done = run(given=f"{KEY} {ADVERT}\n{KEY} 00\n\x00\ufffd\n{KEY} {ADVERT}\n")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 2
    assert ["line 2" in done.stderr, "line 3" in done.stderr] == [True, True]


def test_binary_input_is_refused_by_name():
    done = subprocess.run(
        [sys.executable, COMMAND], input=b"\xff\xfe \x80\n", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


def test_nothing_given_prints_nothing():
    done = run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_key_alone_is_a_mistake_of_usage():
    done = run(KEY)
    assert done.returncode == 2
    assert "must follow the key" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_told_in_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, COMMAND, KEY, ADVERT],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_shows_examples():
    done = run("--help")
    assert done.returncode == 0
    assert "scripts/decode aff4" in done.stdout


def lines_without_end(ending):
    process = subprocess.Popen(
        [sys.executable, COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdin.write(f"{KEY} {ADVERT}\n".encode())
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"{")
    ending(process)
    process.stdin.close()
    assert process.wait(20)
    return process.stderr.read()


def test_a_reading_is_printed_as_its_line_arrives_and_ctrl_c_is_quiet():
    assert lines_without_end(lambda process: process.send_signal(signal.SIGINT)) == b""


def test_a_reader_that_leaves_is_no_error():
    def leave(process):
        process.stdout.close()
        process.stdin.write(f"{KEY} {ADVERT}\n".encode())

    assert lines_without_end(leave) == b""


def test_it_needs_neither_home_assistant_nor_another_start():
    program = (
        "import runpy, sys; sys.argv = ['decode', '-', '100050c0ff010001' + '00' * 16]\n"
        "try: runpy.run_path(" + repr(str(COMMAND)) + ", run_name='__main__')\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not [name for name in sys.modules if name.startswith('homeassistant')]"
    )
    environment = {**os.environ, "VICTRON_ESPNOW_DECODE": "1"}
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=environment, capture_output=True
    )


FOLDER = PROJECT / "custom_components" / "victron_espnow" / "protocol"


@pytest.mark.parametrize("path", [COMMAND, *sorted(FOLDER.glob("*.py"))], ids=lambda p: p.name)
def test_python_3_9_can_read_it(path):
    source = path.read_text("utf-8")
    ast.parse(source, feature_version=(3, 9))
    if "from __future__ import annotations" in source:
        return
    # Evaluated there when the function is defined, and 3.9 has no `int | None`.
    for node in ast.walk(ast.parse(source)):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            joined = annotation is not None and any(
                isinstance(part, ast.BinOp) for part in ast.walk(annotation)
            )
            assert not joined, f"{path.name}:{node.lineno}"
