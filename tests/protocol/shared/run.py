"""Run the tests of this folder without pytest: MicroPython has none, CPython can do it too.

    micropython tests/protocol/shared/run.py [test_file.py ...]

Every test_*.py is imported and every function test_* in it called. The last line is
"N passed, N failed"; a module that does not import is a failure, and so is finding no test.
"""

import gc
import os
import sys

HERE = __file__.rpartition("/")[0] or "."
PACKAGE = HERE + "/../../../custom_components/victron_espnow"


def main(names):
    # Appended: the folder of the integration holds modules with common names (sensor, const).
    sys.path[:0] = [HERE]
    sys.path.append(PACKAGE)
    passed = failed = 0
    for name in names or all_files():
        good, bad = run_module(name.rpartition("/")[2])
        passed += good
        failed += bad
    print("%d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


def all_files():
    return sorted(
        name for name in os.listdir(HERE) if name.startswith("test_") and name.endswith(".py")
    )


def run_module(file):
    try:
        module = __import__(file[:-3] if file.endswith(".py") else file)
    except Exception as error:
        report(file, "import", error)
        return 0, 1
    outcomes = [
        run_test(file, module, name) for name in sorted(dir(module)) if is_test(module, name)
    ]
    sys.modules.pop(module.__name__)
    gc.collect()  # the last one's garbage must not be why the next one finds no room
    return outcomes.count(True), outcomes.count(False)


def is_test(module, name):
    return name.startswith("test_") and callable(getattr(module, name))


def run_test(file, module, name):
    try:
        getattr(module, name)()
    except (Exception, SystemExit) as error:
        report(file, name, error)
        return False
    return True


def report(file, name, error):
    print("FAILED", file, name)
    if hasattr(sys, "print_exception"):
        sys.print_exception(error, sys.stdout)
        return
    import traceback

    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
