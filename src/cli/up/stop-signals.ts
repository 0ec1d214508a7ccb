const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborted by the first signal to stop; the second one runs `force` and ends the process.
 * A terminal that goes away (SIGHUP) counts as one.
 */
export function onStopSignals({ force }: { force: () => Promise<void> }): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) void force().finally(() => process.exit(130));
    else stop.abort(new Error('it was told to stop'));
  };
  for (const signal of signals) process.on(signal, onSignal);
  return stop.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
