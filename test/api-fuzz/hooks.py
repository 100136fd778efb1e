"""Excludes requests that Schemathesis should not generate; see run.ts."""

from urllib.parse import unquote

import schemathesis


@schemathesis.hook
def filter_path_parameters(context, path_parameters):
    """Excludes path delimiters in ids: gateways decode them before routing and match another operation."""
    ids = unquote("".join(str(value) for value in (path_parameters or {}).values()))
    return ids.isprintable() and not set("/\\?#") & set(ids)
