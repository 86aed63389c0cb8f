"""Seconds for small results on one worker to be read on the other, by a task each. Argument: how many."""
import contextlib
import os
import sys
import time

from clusters import local_client, settle
from stepwise import run_steps


def make_bytes(seed):
    return os.urandom(10_000)


@contextlib.contextmanager
def session(count):
    from distributed import wait

    with local_client() as client:
        source, target = list(client.scheduler_info()["workers"])

        def sample():
            blobs = client.map(make_bytes, range(count), workers=[source], pure=False)
            wait(blobs)
            start = time.perf_counter()
            lengths = client.map(len, blobs, workers=[target], pure=False)
            wait(lengths)
            seconds = time.perf_counter() - start
            del blobs, lengths
            settle(client)
            return seconds

        yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1])))
