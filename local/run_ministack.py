"""Runs MiniStack bound to the life of its parent process, with bug fixes and a shorter wait."""

import os
import signal
import sys
import threading
import time

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import lambda_svc

import cognito_challenges


def exit_with_parent() -> None:
    """Kills the process group, functions included, when the parent ends for any reason."""
    # The parent holds the other end of this pipe and never writes: the read returns when the parent ends.
    # Not sys.stdin.read(): it would hold a lock that an orderly shutdown needs.
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def without_null_path_parameters(execute):
    """API Gateway omits empty `pathParameters`; MiniStack 1.5.33 sends null, which Powertools rejects."""

    def fixed(function, event, *args, **kwargs):
        if isinstance(event, dict) and event.get("version") == "2.0" and event.get("pathParameters") is None:
            event = {key: value for key, value in event.items() if key != "pathParameters"}
        return execute(function, event, *args, **kwargs)

    return fixed


def with_queue_batches(action_of):
    """SQS authorizes a batch action as the action; MiniStack 1.5.33 as one of its own, which IAM does not know."""

    def fixed(*args, **kwargs):
        action = action_of(*args, **kwargs)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    return fixed


def as_by_tls(pin_request_origin):
    """Queues deny plain HTTP, by which alone MiniStack is reached, on the loopback interface."""
    return lambda source_ip, _secure_transport: pin_request_origin(source_ip, True)


def recording_allowed(evaluate, path):
    """Appends each call that the policies of a principal allow, once: principal, action and resource."""
    seen = set()

    def fixed(ctx, *args):
        result = evaluate(ctx, *args)
        call = f"{ctx.principal_arn} {ctx.action} {ctx.resource_arn}\n"
        if result.decision == "Allow" and call not in seen:
            seen.add(call)
            with open(path, "a", encoding="utf-8") as file:
                file.write(call)
        return result

    return fixed


def without_stream_positions(restore):
    """
    MiniStack 1.5.33 saves how far a mapping has read a DynamoDB stream, but not the records: after a restart it would
    skip as many new ones. A mapping begins at its starting position again.
    """

    def fixed(positions, saved):
        if positions is not lambda_svc._dynamodb_stream_positions:
            restore(positions, saved)

    return fixed


def with_batching_windows(poll):
    """
    A mapping with a batching window collects the records of a stream. MiniStack 1.5.33 invokes the function at once, for
    each record of a shop that sells. Here a window ends at fixed times, not some seconds after its first record.
    """
    ends = {}

    def fixed():
        now = time.time()
        for _, _, mapping in lambda_svc._iter_all_esms():
            window = mapping.get("MaximumBatchingWindowInSeconds")
            if not window or ":dynamodb:" not in mapping.get("EventSourceArn", ""):
                continue
            end = ends.get(mapping["UUID"], 0)
            if now < end:
                lambda_svc._esm_backoff_until[mapping["UUID"]] = end
            else:
                ends[mapping["UUID"]] = now + window
        return poll()

    return fixed


def exits_after(save):
    """Exits once the state is on disk: a running step would keep the process alive until it is killed."""

    def fixed(*args):
        save(*args)
        os._exit(0)

    return fixed


lambda_svc._execute_function_with_config_scope = without_null_path_parameters(
    lambda_svc._execute_function_with_config_scope
)
iam_actions.extract_iam_action = with_queue_batches(iam_actions.extract_iam_action)
if "ALLOWED_CALLS" in os.environ:
    iam_evaluator.evaluate = recording_allowed(iam_evaluator.evaluate, os.environ["ALLOWED_CALLS"])
app.pin_request_origin = as_by_tls(app.pin_request_origin)
# Seconds for which a function's response waits for a first log line: by default 0.05, after each call that logs nothing.
# A line that comes later is logged with the next call.
lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (0.01, 0.005, 0.25)
lambda_svc._restore_esm_positions = without_stream_positions(lambda_svc._restore_esm_positions)
lambda_svc._poll_dynamodb_streams = with_batching_windows(lambda_svc._poll_dynamodb_streams)
app.save_all = exits_after(app.save_all)
cognito_challenges.install()
threading.Thread(target=exit_with_parent, daemon=True).start()
app.main()
