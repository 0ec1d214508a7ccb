import type { Context } from 'hono';
import * as z from 'zod';
import { forbid, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';
import { recoveryKinds } from '../kinds/recovery.ts';
import { workflowIdOf } from '../kinds/locks.ts';
import { isMapping } from '../specs/kernel/finding.ts';
import { describeProblem } from './describe-problem.ts';
import { readIncidentOver } from './incident-orders.ts';
import { messageIdOf, messageKey, problemsOfKey, refuseOtherName } from './message-key.ts';
import type { GatewayParts } from './parts.ts';
import { problemsIn } from './problems-in.ts';

/** What a request has beside the keys of the incident. */
const ofTheRequest = z.object({
  by: z.string().min(1).max(200).optional(),
  why: z.string().max(2000).optional(),
  idempotencyKey: messageKey.optional(),
});

/** Declares an incident, or joins the open one of its name, and answers once that is durable. */
export function declareByRequest({ incidents, log, metrics }: GatewayParts) {
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const caller = context.get('caller');
    const header = context.req.header('idempotency-key');
    const body = await readJson(context);
    if (!body.ok) return refuse(context, 400, 'this cannot be read', [body.problem]);
    const given = isMapping(body.value) ? body.value : {};
    const { by: _, why: __, idempotencyKey: ___, ...declared } = given;
    const request = ofTheRequest.safeParse(given);
    const read = readIncidentOver(incidents.policy, named(declared));
    const problems = [
      ...(isMapping(body.value) ? [] : ['the body is not an object']),
      ...(request.success ? [] : problemsIn(request.error)),
      ...(read.ok ? [] : read.problems.map(describeProblem)),
      ...problemsOfKey(header, caller),
    ];
    if (!request.success || !read.ok || problems.length > 0) {
      return refuse(context, 400, 'this incident cannot be declared', problems);
    }
    const { spec } = read.incident;
    const subject = { environment: spec.environment, name: spec.incident };
    const forbidden = forbid(context, { kind: 'declare', ...subject });
    if (forbidden !== undefined) return forbidden;
    const { by = caller.name, why, idempotencyKey: key = header } = request.data;
    const impersonation = refuseOtherName(context, by);
    if (impersonation !== undefined) return impersonation;
    const workflowId = workflowIdOf(recoveryKinds.incident, subject);
    const { runId, result } = await incidents.declare({
      ...{ ...read.incident, by: by ?? 'someone' },
      requestId: messageIdOf(caller, key, ['declare', workflowId]),
      ...(why !== undefined && { why }),
    });
    metrics.tookIncident(result);
    log.info({ workflowId, by, result }, 'incident declared');
    const answer = { workflowId, runId, result, severity: spec.severity };
    return context.json(answer, result === 'declared' ? 201 : 200);
  };
}

/** An incident is usually called after its service. */
function named(declared: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { incident, services } = declared;
  const [first] = Array.isArray(services) ? (services as unknown[]) : [];
  return incident === undefined && first !== undefined
    ? { ...declared, incident: first }
    : declared;
}
