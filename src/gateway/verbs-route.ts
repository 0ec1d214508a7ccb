import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as z from 'zod';

import type { VerbInput } from '../contracts/kernel/messages.ts';
import type { AnyKind } from '../kinds/kind.ts';
import { parseWorkflowId, workflowIdOf, type Lock } from '../kinds/locks.ts';
import { kinds as everyKind } from '../kinds/registry.ts';
import { rolloutLock } from '../kinds/rollouts.ts';
import { locksOf, selectKinds } from '../kinds/select-kinds.ts';
import { verbsOf } from '../kinds/verbs.ts';
import { offerKnown } from '../specs/kernel/known-keys.ts';
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
  step: z.string().min(1).max(200).optional(),
  toRevision: z.int().positive().optional(),
});

type GatewayContext = Context<GatewayVariables>;

/** Sends a verb to the open rollout of a service. */
export function routeServiceVerbs(parts: GatewayParts) {
  return (context: GatewayContext): Promise<Response> => {
    const { environment = '', service = '', verb = '' } = context.req.param();
    return passOn(context, parts, { run: { lock: rolloutLock, environment, name: service }, verb });
  };
}

/** Sends a verb to the open run of any kind: addressed by its lock, or by its family. */
export function routeRunVerbs(parts: GatewayParts) {
  const { kinds = everyKind } = parts;
  return async (context: GatewayContext): Promise<Response> => {
    const { lock: first = '', environment = '', name = '', verb = '' } = context.req.param();
    const lock = lockNamed(first, kinds);
    if (lock === undefined) {
      const known = locksOf(kinds);
      return refuse(context, 404, `there are no runs of "${first}"; ${offerKnown(first, known)}`);
    }
    return passOn(context, parts, { run: { lock, environment, name }, verb });
  };
}

/** A family stands for its lock, where it has only one. */
function lockNamed(given: string, kinds: readonly AnyKind[]): string | undefined {
  if (locksOf(kinds).includes(given)) return given;
  const [lock, ...others] = locksOf(selectKinds(kinds, { family: given }));
  return others.length === 0 ? lock : undefined;
}

/** Sends a verb as `belay` does, and answers with what the run said. */
async function passOn(
  context: GatewayContext,
  { sendVerb, log, kinds = everyKind }: GatewayParts,
  { run, verb }: { run: Lock; verb: string },
): Promise<Response> {
  const verbs = verbsOf(kinds.filter(({ lock }) => lock === run.lock));
  if (!verbs.includes(verb)) {
    return refuse(context, 404, `there is no verb "${verb}"; there are ${verbs.join(', ')}`);
  }
  const forbidden = forbid(context, { kind: 'verbs', ...run, verb });
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
  const workflowId = workflowIdOf(run, run);
  const name = run.lock === rolloutLock ? `${run.environment}/${run.name}` : workflowId;
  const nothingOpen = `no ${run.lock === rolloutLock ? 'rollout of' : 'run'} ${name} is open`;
  if (parseWorkflowId(workflowId)?.name !== run.name) return refuse(context, 404, nothingOpen);
  const updateId = updateIdOf(caller, key, { workflowId, verb, ...input });
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
      return refuse(context, 404, nothingOpen);
  }
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
 * A key is good for one caller and one order: to another run, or with another verb, stage, step or
 * revision, it is another message. A signed request that is caught and sent again has the same
 * signature, so it is no new message.
 */
function updateIdOf(
  { name, credentialId, signature }: Caller,
  key: string | undefined,
  {
    workflowId,
    verb,
    by,
    stage,
    step,
    toRevision,
    runRef,
  }: VerbInput & Record<'workflowId' | 'verb', string>,
): string {
  if (key === undefined) return `webhook/${signature?.value ?? randomUUID()}`;
  const bound = [key, name ?? credentialId, verb, by, stage, toRevision, runRef, workflowId];
  if (step !== undefined) bound.push(step);
  const digest = createHash('sha256').update(JSON.stringify(bound)).digest('hex');
  return `webhook/${digest}`;
}
