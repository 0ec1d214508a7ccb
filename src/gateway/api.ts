import type { GatewayParts } from './parts.ts';
import { Hono } from 'hono';

import { BreakerOpen } from '../adapters/breakers/breaker-open.ts';
import { serveTraced } from '../adapters/telemetry/open-telemetry/serve-traced.ts';
import { refuseBrowsers } from '../http/refuse-browsers.ts';
import { isUnanswered } from '../adapters/temporal/send-verb-once.ts';

import { takeAlerts } from './alerts-route.ts';

import { countRequests } from './count-requests.ts';

import { admit, limitUnreadBody, type GatewayVariables } from '../http/guards.ts';
import { limitByAddress } from '../http/limit-by-address.ts';
import { refuse } from '../http/refusal.ts';
import { answerFromSite } from '../adapters/http/answer-from-site.ts';
import { declareByRequest } from './incidents-route.ts';
import { pushIndicators } from './indicators-route.ts';
import { listRollbacks } from './rollbacks-route.ts';
import { routeRunVerbs, routeServiceVerbs } from './verbs-route.ts';

const retryAfterSeconds = '5';

/** The webhooks, behind their guards: who sends, how often, how much, and what the credential is for. */
export function createGatewayApi(parts: GatewayParts): Hono<GatewayVariables> {
  const { credentials, requestsPerMinute, log, health, metrics, now = Date.now } = parts;
  const app = new Hono<GatewayVariables>();
  app.onError((error, context) => {
    if (isUnanswered(error) || error instanceof BreakerOpen) {
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
  app.use(countRequests(metrics));
  const { readStatusPage } = parts;
  if (readStatusPage !== undefined) {
    app.use('/status/*', limitByAddress(requestsPerMinute, now));
    app.get('/status', (context) => context.redirect('/status/'));
    app.get('/status/*', (context) =>
      answerFromSite(context, readStatusPage, context.req.path.slice('/status/'.length)),
    );
  }
  if (credentials.tokens.length + credentials.signingSecrets.length === 0) app.use(refuseBrowsers);
  app.use(admit({ ...credentials, requestsPerMinute, now }), limitUnreadBody, serveTraced);

  app.post('/v1/alerts', takeAlerts(parts, now));
  app.post('/v1/incidents', declareByRequest(parts));
  app.post('/v1/indicators', pushIndicators(parts, now));
  app.post('/v1/runs/:lock/:environment/:name/:verb', routeRunVerbs(parts));
  app.post('/v1/services/:environment/:service/:verb', routeServiceVerbs(parts));
  app.get('/v1/rollbacks', listRollbacks(parts, now));
  app.get('/rollbacks', listRollbacks(parts, now));
  return app;
}
