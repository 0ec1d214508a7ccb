import type { Context } from 'hono';
import * as z from 'zod';
import { oldAnswerHeaders } from '../adapters/http/answer-from-site.ts';
import { alertActions, type AlertFilter } from '../contracts/rollouts/alerts.ts';
import { parseDuration } from '../specs/kernel/duration.ts';
import type { GatewayParts } from './parts.ts';
import { forbid, type GatewayVariables } from '../http/guards.ts';
import { refuse } from '../http/refusal.ts';

const mostListed = 1_000;
/** Where a request names no limit. */
export const mostByDefault = 100;

/** What was done about alerts, newest first: those that led to nothing are in it, too. */
export function listRollbacks({ rollbacks: read, log }: GatewayParts, now: () => number) {
  const filters = z.strictObject({
    service: z.string().optional(),
    environment: z.string().optional(),
    action: z.enum(alertActions).optional(),
    since: z
      .string()
      .transform((text, issues) => {
        const ago = parseDuration(text);
        const sinceMs = ago === undefined ? Date.parse(text) : now() - ago;
        if (Number.isFinite(sinceMs)) return sinceMs;
        issues.addIssue('write how long ago, like 24h, or a time, like 2026-01-31T12:00:00Z');
        return z.NEVER;
      })
      .optional(),
    limit: z.coerce.number().int().min(1).max(mostListed).default(mostByDefault),
  });
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const forbidden = forbid(context, { kind: 'read' });
    if (forbidden !== undefined) return forbidden;
    const query = context.req.query();
    const parsed = filters.safeParse(query);
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      );
      return refuse(context, 400, 'these filters cannot be used', problems);
    }
    const { since, service, environment, action, limit } = parsed.data;
    const filter: AlertFilter = {
      limit,
      ...(service !== undefined && { service }),
      ...(environment !== undefined && { environment }),
      ...(action !== undefined && { action }),
      ...(since !== undefined && { sinceMs: since }),
    };
    const { value: rollbacks, atMs, failure } = await read(query, filter);
    if (failure === undefined) return context.json({ rollbacks });
    log.warn({ failure, atMs }, 'the ledger does not answer: an old list of rollbacks is shown');
    const asOf = new Date(atMs).toISOString();
    return context.json({ rollbacks, stale: true, asOf }, 200, oldAnswerHeaders(atMs, now()));
  };
}
