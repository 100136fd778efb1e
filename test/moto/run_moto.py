"""Runs moto's server bound to the life of its parent process, one request at a time.

moto checks a condition and writes in two steps: with its threads, two requests at once could both hold.
"""

import os
import signal
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple


def exit_with_parent() -> None:
    # The parent holds the other end of this pipe and never writes: the read returns when the parent ends.
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=exit_with_parent, daemon=True).start()
run_simple(
    "127.0.0.1",
    int(sys.argv[1]),
    DomainDispatcherApplication(create_backend_app),
    threaded=False,
    request_handler=MotoRequestHandler,
)
