"""Runs MiniStack on a leash, with two corrections."""

import os
import signal
import sys
import threading

from ministack import app
from ministack.services import lambda_svc


def end_with_starter() -> None:
    """Ends the whole process group, Lambdas included, when the starter goes away, by whatever way."""
    # The starter holds the other end of this pipe and never writes: reading ends when the starter does.
    # Not sys.stdin.read(): it would hold a lock that an orderly end needs.
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def without_null_path_parameters(execute):
    """API Gateway leaves `pathParameters` out where a route has none; MiniStack 1.5.33 sends null, which Powertools refuses."""

    def corrected(function, event, *args, **kwargs):
        if isinstance(event, dict) and event.get("version") == "2.0" and event.get("pathParameters") is None:
            event = {key: value for key, value in event.items() if key != "pathParameters"}
        return execute(function, event, *args, **kwargs)

    return corrected


def exits_after(save):
    """Exits as soon as the state is on disk: a step that waits for an answer would keep the process alive until it is killed."""

    def corrected(*args):
        save(*args)
        os._exit(0)

    return corrected


lambda_svc._execute_function_with_config_scope = without_null_path_parameters(
    lambda_svc._execute_function_with_config_scope
)
app.save_all = exits_after(app.save_all)
threading.Thread(target=end_with_starter, daemon=True).start()
app.main()
