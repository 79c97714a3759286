"""Runs a unittest module and says what came of it as Boost.Test does, which is what ./dev counts."""
import sys
import unittest


def main(name):
    result = unittest.main(module="__main__", exit=False, verbosity=2).result
    skipped = len(result.skipped)
    for test, reason in result.skipped:
        print(f"SKIP {test.id().removeprefix('__main__.')}: {reason}")
    failed = len({test.id() for test, _ in result.failures + result.errors})
    total = max(result.testsRun, failed)
    # A test that was skipped is among those that passed, as Boost.Test counts them.
    if total > failed or not failed:
        print(f"{name}: {total - failed} test cases out of {total} passed")
    if failed:
        print(f"{name}: {failed} test cases out of {total} failed")
    sys.exit(0 if result.wasSuccessful() and total else 1)
