"""One who places orders, one after the other, and says how long each was answered in.

Reads lines of JSON (``host``, ``port``, ``path``, ``headers``, ``bodies``), prints ``{"us": […]}`` for each.
Between two orders it lets what the first brings about go out.
"""

import http.client
import json
import socket
import sys
import time

BETWEEN_S = 0.01


def place(host: str, port: int, path: str, headers: dict[str, str], bodies: list[str]) -> list[float]:
    """Microseconds from each order to its answer."""
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found = []
    for body in bodies:
        started = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse().read()
        found.append((time.perf_counter() - started) * 1e6)
        assert json.loads(answer)["code"] == 0, answer
        time.sleep(BETWEEN_S)
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps({"us": place(**json.loads(line))}), flush=True)
