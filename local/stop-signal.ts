/** Aborts when this process is asked to stop: by Ctrl-C, SIGTERM or SIGHUP, or because bootstrap.mjs was killed. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  // Ctrl-C arrives twice: from the terminal, and forwarded by npm. The second has no effect.
  const onStop = () => stop.abort(new Error('stopped'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onStop);
  process.on('disconnect', onStop);
  return stop.signal;
}
