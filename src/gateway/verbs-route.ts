import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';

import type { VerbInput } from '../contracts/kernel/messages.ts';
import { isVerb, verbs } from '../kinds/rollout-verbs.ts';
import { rolloutWorkflowId } from '../kinds/locks.ts';
import type { GatewayParts } from './parts.ts';
import { forbid, type Caller, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';

const keyForm = /^[\x21-\x7e]{1,200}$/;
const keyProblem = '1 to 200 printable characters without spaces';
const verbRequest = z.strictObject({
  by: z.string().min(1).max(200).optional(),
  runRef: z.string().min(1).max(200).optional(),
  idempotencyKey: z.string().regex(keyForm, keyProblem).optional(),
  why: z.string().max(2000).optional(),
  stage: z.number().optional(),
  toRevision: z.int().positive().optional(),
});

/** Says a verb to the open rollout of a service, as `belay` does, and answers with what it said. */
export function routeVerbs({ sendVerb, log }: GatewayParts) {
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const { environment = '', service = '', verb = '' } = context.req.param();
    if (!isVerb(verb)) {
      return refuse(context, 404, `there is no verb "${verb}"; there are ${verbs.join(', ')}`);
    }
    const forbidden = forbid(context, { kind: 'verbs', environment, service, verb });
    if (forbidden !== undefined) return forbidden;
    const caller = context.get('caller');
    const header = context.req.header('idempotency-key');
    const body = await readJson(context);
    if (!body.ok) return refuse(context, 400, 'this cannot be read', [body.problem]);
    const read = verbRequest.safeParse(body.value ?? {});
    const problems = [
      ...(read.success ? [] : read.error.issues.map(describeIssue)),
      ...problemsOfKey(header, caller),
    ];
    if (!read.success || problems.length > 0) {
      return refuse(context, 400, `${verb} cannot be read`, problems);
    }
    const { by = caller.name, idempotencyKey: key = header, ...asked } = read.data;
    if (caller.name !== undefined && by !== caller.name) {
      return refuse(context, 403, `${caller.name} speaks for itself alone, not for ${by}`);
    }
    const input = Object.fromEntries(
      Object.entries({ ...asked, by }).filter(([, value]) => value !== undefined),
    ) as VerbInput;
    const name = `${environment}/${service}`;
    const updateId = updateIdOf(caller, key, { verb, ...input });
    const workflowId = rolloutWorkflowId({ environment, service });
    const signedAtMs = caller.signature?.atMs;
    const answer = await sendVerb({
      ...{ workflowId, verb, input, updateId },
      ...(signedAtMs !== undefined && { signedAtMs }),
    });
    log.info({ service: name, verb, by, answer: answer.kind }, 'verb sent');
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

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function problemsOfKey(header: string | undefined, { signature }: Caller): string[] {
  if (header === undefined) return [];
  if (signature !== undefined) {
    return ['Idempotency-Key: no signature covers it; write idempotencyKey into the body'];
  }
  return keyForm.test(header) ? [] : [`Idempotency-Key: ${keyProblem}`];
}

/**
 * A key is good for one caller and one order: with another verb, stage, revision or run it is another
 * message. A signed request that is caught and sent again has the same signature, so it is no new message.
 */
function updateIdOf(
  { name, credentialId, signature }: Caller,
  key: string | undefined,
  { verb, by, stage, toRevision, runRef }: VerbInput & { verb: string },
): string {
  if (key === undefined) return `webhook/${signature?.value ?? randomUUID()}`;
  const bound = [key, name ?? credentialId, verb, by, stage, toRevision, runRef];
  const digest = createHash('sha256').update(JSON.stringify(bound)).digest('hex');
  return `webhook/${digest}`;
}
