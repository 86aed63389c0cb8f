"""Seconds of get() of the sum of 2 ** exponent numbers by pairs, as a plain graph without a layer for every task."""
import contextlib
import operator
import sys
import time
import uuid

from clusters import local_client, settle
from stepwise import run_steps


def plain_tree(exponent):
    run = uuid.uuid4().hex
    graph = {}
    row = list(range(2**exponent))
    while len(row) > 1:
        level = []
        for a, b in zip(row[::2], row[1::2]):
            key = f"add-{run}-{len(graph)}"
            graph[key] = (operator.add, a, b)
            level.append(key)
        row = level
    return graph, row[0]


@contextlib.contextmanager
def session(exponent):
    with local_client() as client:
        def run(n):
            graph, root = plain_tree(n)
            start = time.perf_counter()
            result = client.get(graph, root)
            seconds = time.perf_counter() - start
            assert result == 2**n * (2**n - 1) // 2, result
            settle(client)
            return seconds

        run(10)
        yield lambda: run(exponent)


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1])))
