"""Hunts in one target, in a process of its own: python -m tests.fuzz.one (the command is tests/fuzz/__main__.py)."""

import argparse
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from types import ModuleType

from . import corpus
from .catalogue import prepared
from .hunt import Found, Hunt
from .stand_ins import FIRMWARE, PROJECT
from .words import words


def main() -> int:
    """Hunt, tell how it goes on stderr and what came of it on stdout."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=corpus.CORPUS)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--firmware", default=":".join(map(str, FIRMWARE)))
    parser.add_argument(
        "--unsealed", action="store_true", help="change what has its CRC or tag already"
    )
    parser.add_argument("--blind", action="store_true", help="keep no input for what it reaches")
    parser.add_argument("--bare", action="store_true", help="begin with the seeds alone")
    parser.add_argument("--most", type=int, help="end after so many executions")
    parser.add_argument("--first", action="store_true", help="end with the first crash")
    parser.add_argument("--input", type=Path)
    parser.add_argument(
        "--tell", action="store_true", help="of each known input, sealed, print what is said to it"
    )
    arguments = parser.parse_args()
    roots = tuple(Path(one) for one in arguments.firmware.split(":"))
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory) as folder:
        os.chdir(folder)
        hunted = prepared(arguments.target, roots)
        run = hunted.feed if arguments.unsealed else lambda data: hunted.feed(hunted.seal(data))
        if arguments.input:
            return _repeat(run, arguments.input.read_bytes())
        if arguments.tell:
            return _tell(arguments.target, hunted)
        return _hunt(arguments, hunted, roots, run)


def _repeat(run, data: bytes) -> int:
    try:
        run(data)
    except Exception:
        traceback.print_exc()
        return 1
    print("nothing happens")
    return 0


def _tell(name: str, hunted: ModuleType) -> int:
    kept = [*corpus.read(corpus.CORPUS, name), *corpus.read(corpus.CRASHES, name)]
    for data in dict.fromkeys([*hunted.SEEDS, *kept]):
        sealed = hunted.seal(data)
        print(sealed.hex(), (hunted.feed(sealed) or b"").hex(), sep=":")
    return 0


def _hunt(arguments: argparse.Namespace, hunted: ModuleType, roots: tuple[Path, ...], run) -> int:
    places = [PROJECT / one for one in hunted.WATCHES if (PROJECT / one).exists()]
    places += [root / one for root in roots for one in hunted.WATCHES if (root / one).exists()]
    files = [
        file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))
    ]
    hunt = Hunt(run, tuple(map(str, places)), words(files), arguments.seed)
    hunt.is_blind, hunt.ends_at_first = arguments.blind, arguments.first
    hunt.most = arguments.most or hunt.most
    folders = (
        () if arguments.bare else dict.fromkeys((arguments.corpus, corpus.CORPUS, corpus.CRASHES))
    )
    known = [data for folder in folders for data in corpus.read(folder, arguments.target)]
    inputs = list(dict.fromkeys([*hunted.SEEDS, *known]))
    hunt.start([hunted.seal(one) for one in inputs] if arguments.unsealed else inputs)

    def tell(found: Found) -> None:
        print(
            f"{arguments.target}: {found.seconds:.0f} s, {found.executions} executions, "
            f"{len(hunt.coverage.seen)} places, {len(found.new)} new inputs, {len(found.crashes)} crashes",
            file=sys.stderr, flush=True,
        )  # fmt: skip

    found = hunt.go(arguments.seconds, tell)
    if arguments.keep:
        others = [*hunted.SEEDS, *corpus.read(corpus.CRASHES, arguments.target)]
        smallest = [one for one in hunt.smallest() if one not in others]
        corpus.write(arguments.corpus, arguments.target, smallest)
    print(
        json.dumps(
            {
                "target": arguments.target,
                "executions": found.executions,
                "seconds": round(found.seconds, 2),
                "places": found.places,
                "inputs": len(inputs),
                "new": len(found.new),
                "crashes": [
                    {
                        "what": one.what,
                        "where": one.where,
                        "data": corpus.to_text(one.data),
                        "story": one.story,
                    }
                    for one in found.crashes.values()
                ],
            }
        )
    )
    return bool(found.crashes)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # Home Assistant was never stopped, and need not be
