"""Median milliseconds from submit to result, one call after the other."""
import contextlib
import statistics
import sys
import time

from clusters import local_client, warm_up
from stepwise import run_steps


def inc(x):
    return x + 1


@contextlib.contextmanager
def session(calls):
    with local_client() as client:
        def one(i):
            start = time.perf_counter()
            client.submit(inc, i, pure=False).result()
            return (time.perf_counter() - start) * 1e3

        warm_up(lambda: one(0))
        yield lambda: statistics.median(one(i) for i in range(calls))


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1])))
