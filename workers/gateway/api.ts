import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { AlertLedger } from '../../src/contracts/alerts.ts';
import { serveTraced } from '../../src/adapters/telemetry/open-telemetry/serve-traced.ts';
import { refuseBrowsers } from '../../src/local-platform/api/guards.ts';
import { isUnanswered } from '../../src/adapters/temporal/say-verb-once.ts';
import { takeAlerts, type StartAlert } from './alerts-route.ts';
import type { Credentials } from './credentials.ts';
import { authenticate, limitBody, limitRate, type GatewayVariables } from './guards.ts';
import { refuse } from './refusal.ts';
import { listRollbacks } from './rollbacks-route.ts';
import { sayVerbs, type SayVerb } from './verbs-route.ts';

export interface GatewayParts {
  startAlert: StartAlert;
  sayVerb: SayVerb;
  responses: AlertLedger;
  credentials: Credentials;
  requestsPerMinute: number;
  log: Logger;
  /** What a process says of itself; asked without a credential. */
  health: Hono;
  /** Told of every request but those to health. */
  onAnswered?: (path: string, status: number) => void;
  now?: () => number;
}

const retryAfterSeconds = '5';

/** The webhooks, behind their guards: rate first, then size, then who sends. */
export function createGatewayApi(parts: GatewayParts): Hono<GatewayVariables> {
  const { credentials, requestsPerMinute, log, health, onAnswered, now = Date.now } = parts;
  const app = new Hono<GatewayVariables>();
  app.onError((error, context) => {
    if (isUnanswered(error)) {
      log.warn({ path: context.req.path, err: error }, 'not answered by Temporal');
      context.header('retry-after', retryAfterSeconds);
      return refuse(context, 503, 'Temporal, or a worker, does not answer; send it again');
    }
    log.error({ path: context.req.path, err: error }, 'failed');
    return refuse(context, 500, 'the gateway failed; its log says more');
  });
  app.notFound((context) =>
    refuse(context, 404, `there is no ${context.req.method} ${context.req.path}`),
  );
  app.route('/', health);
  app.use(async (context, next) => {
    await next();
    onAnswered?.(context.req.path, context.res.status);
  });
  app.use(limitRate(requestsPerMinute, now));
  if (credentials.tokens.length + credentials.signingSecrets.length === 0) app.use(refuseBrowsers);
  app.use(limitBody, authenticate(credentials, now), serveTraced);

  app.post('/v1/alerts', takeAlerts(parts, now));
  app.post('/v1/services/:environment/:service/:verb', sayVerbs(parts));
  app.get('/v1/rollbacks', listRollbacks(parts, now));
  app.get('/rollbacks', listRollbacks(parts, now));
  return app;
}
