import type { Guard, CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Connection } from './connection.ts';
import { readBody, reasonOf } from './requests.ts';

/** Reads the version of the API server, for which no permission is needed. Throws a PlatformError. */
export async function readServerVersion(
  connection: Pick<Connection, 'open'>,
  guard: Guard,
  timeoutMs: number,
): Promise<string> {
  return await guard(async () => {
    const limit = AbortSignal.timeout(timeoutMs);
    const response = await connection
      .open({ method: 'GET', path: '/version' }, { unsent: limit, sent: limit })
      .catch(unserved);
    const text = await readBody(response).catch(unserved);
    const { statusCode = 0 } = response;
    if (statusCode >= 500) throw new Unserved(`it answered ${statusCode}`);
    if (statusCode !== 200) throw new PlatformError('unauthorized', `it answered ${statusCode}`);
    return (JSON.parse(text) as { gitVersion?: string }).gitVersion ?? 'of no known version';
  }, judgeAnswer);
}

class Unserved extends PlatformError {
  constructor(why: string) {
    super('unavailable', `The cluster does not answer: ${why}`);
  }
}

function unserved(error: unknown): never {
  throw error instanceof PlatformError ? error : new Unserved(reasonOf(error));
}

function judgeAnswer(outcome: CallResult<string>): CallHealth {
  if ('value' in outcome) return 'ok';
  const { error } = outcome;
  if (error instanceof Unserved) return { failed: error.message };
  return 'ignored';
}
