"""Calls of an actor a second: one after the other, or a thousand at a time."""
import contextlib
import sys
import time

from clusters import local_client, warm_up
from stepwise import run_steps


class Counter:
    n = 0

    def inc(self):
        self.n += 1
        return self.n


def calls(kind, counter, count):
    if kind == "sync":
        for _ in range(count):
            counter.inc().result()
    else:
        for future in [counter.inc() for _ in range(count)]:
            future.result()


@contextlib.contextmanager
def session(kind, count):
    with local_client() as client:
        counter = client.submit(Counter, actor=True).result()
        warm_up(lambda: counter.inc().result())

        def rate():
            start = time.perf_counter()
            calls(kind, counter, count)
            return count / (time.perf_counter() - start)

        yield rate


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(sys.argv[1], int(sys.argv[2])))
