import { AttemptOver, currentAttempt } from './current-attempt.ts';

/** When one request is given up. */
export interface RequestEnd {
  /** Ends it until anything is sent: after its time limit, and with the attempt. */
  unsent: AbortSignal;
  /** Ends it from then on: a write ends only at its time limit, so that its outcome is known. */
  sent: AbortSignal;
  /** Why the attempt ended, if that is what ended the request. */
  endedBy(): unknown;
  /** The attempt ended so early that the missing response says nothing about the server. */
  isCutShort(): boolean;
  /** Once it is answered. */
  forget(): void;
}

export function createRequestEnd(timeoutMs: number, isWrite: boolean): RequestEnd {
  const attempt = currentAttempt();
  const startMs = performance.now();
  const late = new AbortController();
  const over = new AbortController();
  const expire = () => {
    const reason = new DOMException('no answer in time', 'TimeoutError');
    late.abort(reason);
    over.abort(reason);
  };
  const end = () => over.abort(attempt?.signal.reason);
  const timer = setTimeout(expire, timeoutMs);
  if (attempt?.signal.aborted) end();
  attempt?.signal.addEventListener('abort', end);
  return {
    unsent: over.signal,
    sent: isWrite ? late.signal : over.signal,
    endedBy: () => (late.signal.aborted ? undefined : (over.signal.reason as unknown)),
    isCutShort: () =>
      over.signal.reason instanceof AttemptOver && performance.now() - startMs < timeoutMs / 2,
    forget: () => {
      clearTimeout(timer);
      attempt?.signal.removeEventListener('abort', end);
    },
  };
}
