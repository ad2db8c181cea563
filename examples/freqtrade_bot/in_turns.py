"""Runs a command, and for each line on standard input ends it and runs it anew, until the input ends."""

import queue
import subprocess
import sys
import threading

asked: "queue.Queue[str]" = queue.Queue()


def _listen() -> None:
    for line in sys.stdin:
        asked.put(line)
    asked.put("")


def _turn() -> tuple[str | None, int]:
    """What ended it (nothing, if it did so by itself), and its status."""
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL) as bot:
        while bot.poll() is None:
            try:
                line = asked.get(timeout=0.2)
            except queue.Empty:
                continue
            bot.terminate()
            return line, bot.wait()
        return None, bot.returncode


def main() -> int:
    """The status of the last turn; at least 1 when nobody had asked for its end."""
    threading.Thread(target=_listen, daemon=True).start()
    while True:
        line, status = _turn()
        if line is None:
            return status or 1
        if not line:
            return status
        print("the bot has ended, and begins anew", flush=True)


if __name__ == "__main__":
    sys.exit(main())
