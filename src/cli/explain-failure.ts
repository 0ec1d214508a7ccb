import { LedgerError } from '../adapters/ledger/ledger-error.ts';
import { PayloadUnreadable } from '../adapters/temporal/payload-codec.ts';
import { SearchAttributesUnavailable } from '../adapters/temporal/search-attributes.ts';
import { TemporalUnreachable } from '../adapters/temporal/unreachable.ts';
import { InvalidConfig } from '../config/load-config.ts';
import { PlatformError } from '../contracts/rollouts/platform.ts';
import { CliFailure, exitCodes, type ExitCode } from './failure.ts';
import { exitCodeOfRefusal, refusalOf } from './runs/refusals.ts';
import { isServerAway, isWorkerAway, lacksSearchAttributes } from './runs/unanswered.ts';

export interface Explanation {
  text: string;
  exitCode: ExitCode;
}

/** What to tell a person about a command that failed, and what to exit with. */
export function explainFailure(error: unknown): Explanation {
  if (error instanceof CliFailure) {
    return { text: error.message, exitCode: error.exitCode };
  }
  const unreadable = unreadableIn(error);
  if (unreadable) return { text: unreadable.message, exitCode: exitCodes.unreachable };
  const refusal = refusalOf(error);
  if (refusal) return { text: refusal.reason, exitCode: exitCodeOfRefusal(refusal) };
  if (error instanceof InvalidConfig) {
    return { text: error.message, exitCode: exitCodes.badInput };
  }
  if (
    error instanceof TemporalUnreachable ||
    error instanceof SearchAttributesUnavailable ||
    error instanceof LedgerError
  ) {
    return { text: error.message, exitCode: exitCodes.unreachable };
  }
  if (error instanceof PlatformError) return explainPlatform(error);
  return explainTemporal(error) ?? explainUnexpected(error);
}

function unreadableIn(error: unknown): PayloadUnreadable | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof PayloadUnreadable) return cause;
  }
  return undefined;
}

function explainPlatform({ code, message }: PlatformError): Explanation {
  const away = code === 'unavailable' || code === 'unauthorized';
  return { text: message, exitCode: away ? exitCodes.unreachable : exitCodes.notDone };
}

function explainTemporal(error: unknown): Explanation | undefined {
  const exitCode = exitCodes.unreachable;
  if (lacksSearchAttributes(error)) {
    const text =
      "This Temporal namespace does not know Belay's search attributes yet: a worker registers " +
      'them when it starts. Start one with: belay worker';
    return { text, exitCode };
  }
  if (isServerAway(error)) {
    return { text: 'Temporal has stopped answering. Try again when it is back.', exitCode };
  }
  if (isWorkerAway(error)) {
    const text =
      'No worker answered within 10 s. Nothing was changed. Start one with: belay worker';
    return { text, exitCode };
  }
  return undefined;
}

function explainUnexpected(error: unknown): Explanation {
  const what = error instanceof Error ? error.message : String(error);
  const text = `${what}\nThis was not expected: BELAY_DEBUG=1 shows where it comes from.`;
  return { text, exitCode: exitCodes.notDone };
}
