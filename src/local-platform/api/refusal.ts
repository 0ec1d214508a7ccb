import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { PlatformError, type PlatformErrorCode } from '../../contracts/rollouts/platform.ts';

const statuses = {
  'stale-fence': 409,
  conflict: 409,
  drifted: 409,
  'not-found': 404,
  invalid: 400,
  unauthorized: 401,
  unavailable: 503,
} as const satisfies Record<PlatformErrorCode, number>;

export function refusal(code: PlatformErrorCode, message: string) {
  return { error: { code, message } };
}

/** Turns the error of an act into the API's error format. */
export function answerRefusal(error: Error, context: Context, log: Logger): Response {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof PlatformError) {
    return context.json(refusal(error.code, error.message), statuses[error.code]);
  }
  log.error({ err: error, path: context.req.path }, 'act failed');
  return context.json(
    refusal('unavailable', `the platform failed: ${error.message}; see its log`),
    500,
  );
}
