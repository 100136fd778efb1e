"""What Schemathesis need not try; see run.ts."""

from urllib.parse import unquote

import schemathesis


@schemathesis.hook
def filter_path_parameters(context, path_parameters):
    """Nothing within an id that means something in a path, which no id has: gateways decode it before they look for the call, and find another."""
    ids = unquote("".join(str(value) for value in (path_parameters or {}).values()))
    return ids.isprintable() and not set("/\\?#") & set(ids)
