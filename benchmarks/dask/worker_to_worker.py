"""MB/s from one worker to the other: arrays made on the first, each read by a task on the second. Arguments: MB, arrays."""
import contextlib
import sys
import time

from clusters import local_client, settle
from stepwise import run_steps


def make_array(mb, seed):
    import numpy

    return numpy.random.default_rng(seed).random(mb * 125_000)


def ends(array):
    return float(array[0] + array[-1])


@contextlib.contextmanager
def session(mb, count):
    from distributed import wait

    with local_client() as client:
        source, target = list(client.scheduler_info()["workers"])

        def sample():
            arrays = client.map(make_array, [mb] * count, range(count), workers=[source], pure=False)
            wait(arrays)
            start = time.perf_counter()
            client.gather([client.submit(ends, array, workers=[target], pure=False) for array in arrays])
            seconds = time.perf_counter() - start
            del arrays
            settle(client)
            return mb * count / seconds

        sample()
        yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1]), int(sys.argv[2])))
