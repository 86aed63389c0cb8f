"""Seconds of compute() of a graph of delayed calls, made anew and untimed. Arguments: shape (merge or tree), size, worker
saturation or 'default'."""
import contextlib
import operator
import sys
import time

from dask import delayed

from clusters import local_client, settle, warm_up
from stepwise import run_steps


def times_ten(x):
    return x * 10


def total(*xs):
    return sum(xs)


def merge(n):
    """n independent tasks and one that takes all their results."""
    f = delayed(times_ten, pure=False)
    return delayed(total, pure=False)(*[f(i) for i in range(n)]), 10 * n * (n - 1) // 2


def tree(exponent):
    """The sum of 2 ** exponent numbers by pairs: 2 ** exponent - 1 tasks."""
    f = delayed(operator.add, pure=False)
    row = list(range(2**exponent))
    while len(row) > 1:
        row = [f(a, b) for a, b in zip(row[::2], row[1::2])]
    return row[0], 2**exponent * (2**exponent - 1) // 2


@contextlib.contextmanager
def session(make, size, warm, saturation):
    with local_client(saturation) as client:
        def run(n):
            graph, expected = make(n)
            start = time.perf_counter()
            result = client.compute(graph).result()
            seconds = time.perf_counter() - start
            assert result == expected, result
            del graph
            settle(client)
            return seconds

        warm_up(lambda: run(warm))
        yield lambda: run(size)


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    make, warm = {"merge": (merge, 500), "tree": (tree, 10)}[sys.argv[1]]
    run_steps(session(make, int(sys.argv[2]), warm, None if sys.argv[3] == "default" else sys.argv[3]))
