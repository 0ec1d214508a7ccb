import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import type { VerbAnswer, VerbOrder } from '../../src/adapters/temporal/say-verb-once.ts';
import {
  rolloutWorkflowId,
  verbs,
  type Verb,
  type VerbInput,
} from '../../src/contracts/messages.ts';
import type { GatewayParts } from './api.ts';
import type { Caller, GatewayVariables } from './guards.ts';
import { readJson } from './read-json.ts';
import { refuse } from './refusal.ts';

export type SayVerb = (order: VerbOrder) => Promise<VerbAnswer>;

const idempotencyKey = /^[\x21-\x7e]{1,200}$/;
const said = z.strictObject({
  by: z.string().min(1).max(200).optional(),
  why: z.string().max(2000).optional(),
  stage: z.number().optional(),
  toRevision: z.int().positive().optional(),
});

/** Says a verb to the open rollout of a service, as `belay` does, and answers with what it said. */
export function sayVerbs({ sayVerb, log }: GatewayParts) {
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const { environment = '', service = '', verb = '' } = context.req.param();
    if (!isVerb(verb)) {
      return refuse(context, 404, `there is no verb "${verb}"; there are ${verbs.join(', ')}`);
    }
    const caller = context.get('caller');
    const body = await readJson(context);
    if (!body.ok) return refuse(context, 400, 'this cannot be read', [body.problem]);
    const read = said.safeParse(body.value ?? {});
    const problems = [
      ...(read.success ? [] : read.error.issues.map(describeIssue)),
      ...problemsOfKey(context.req.header('idempotency-key')),
    ];
    if (!read.success || problems.length > 0) {
      return refuse(context, 400, `${verb} cannot be read`, problems);
    }
    const { by = caller.name } = read.data;
    if (caller.name !== undefined && by !== caller.name) {
      return refuse(context, 403, `${caller.name} speaks for itself alone, not for ${by}`);
    }
    const input = Object.fromEntries(
      Object.entries({ ...read.data, by }).filter(([, value]) => value !== undefined),
    ) as VerbInput;
    const name = `${environment}/${service}`;
    const updateId = updateIdOf(caller, context.req.header('idempotency-key'));
    const workflowId = rolloutWorkflowId({ environment, service });
    const answer = await sayVerb({ workflowId, verb, input, updateId });
    log.info({ service: name, verb, by, answer: answer.kind }, 'verb said');
    switch (answer.kind) {
      case 'accepted':
        return context.json(answer.receipt);
      case 'refused':
        return refuse(context, 409, answer.reason);
      case 'nothing-open':
        return refuse(context, 404, `no rollout of ${name} is open`);
    }
  };
}

function isVerb(given: string): given is Verb {
  return (verbs as readonly string[]).includes(given);
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function problemsOfKey(key: string | undefined): string[] {
  if (key === undefined || idempotencyKey.test(key)) return [];
  return ['Idempotency-Key: 1 to 200 printable characters without spaces'];
}

/** A signed request that is caught and sent again has the same signature, so it is no new message. */
function updateIdOf({ signature }: Caller, key: string | undefined): string {
  return `webhook/${key ?? signature ?? randomUUID()}`;
}
