"""Seconds to keep arrays of 6 GB in all on two workers of 1 GB each, and to sum them. Arguments: arrays, MB."""
import contextlib
import sys
import time

from clusters import local_client, settle
from stepwise import run_steps


def make_array(mb, seed):
    import numpy

    return numpy.random.default_rng(seed).random(mb * 125_000)


def sum_of(array):
    return float(array.sum())


@contextlib.contextmanager
def session(count, mb):
    from distributed import wait

    with local_client(memory_limit="1GB") as client:

        def sample():
            start = time.perf_counter()
            arrays = client.map(make_array, [mb] * count, range(count), pure=False)
            wait(arrays)
            sums = client.map(sum_of, arrays, pure=False)
            client.submit(sum, sums, pure=False).result()
            seconds = time.perf_counter() - start
            del arrays, sums
            settle(client)
            return seconds

        yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1]), int(sys.argv[2])))
