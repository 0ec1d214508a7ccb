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
import { messageIdOf, messageKey, problemsOfKey, refuseOtherName } from './message-key.ts';
import type { GatewayParts } from './parts.ts';
import { problemsIn } from './problems-in.ts';
import { forbid, type Caller, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';

const verbRequest = z.strictObject({
  by: z.string().min(1).max(200).optional(),
  runRef: z.string().min(1).max(200).optional(),
  idempotencyKey: messageKey.optional(),
  why: z.string().max(2000).optional(),
  stage: z.number().optional(),
  step: z.string().min(1).max(200).optional(),
  toRevision: z.int().positive().optional(),
  with: z.record(z.string().max(100), z.string().max(2000)).optional(),
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
    ...(read.success ? [] : problemsIn(read.error)),
    ...problemsOfKey(header, caller),
  ];
  if (!read.success || problems.length > 0) {
    return refuse(context, 400, `${verb} cannot be read`, problems);
  }
  const { by = caller.name, idempotencyKey: key = header, ...asked } = read.data;
  const impersonation = refuseOtherName(context, by);
  if (impersonation !== undefined) return impersonation;
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

/**
 * A key is good for one order: to another run, or with another verb, stage, step or revision, it is
 * another message.
 */
function updateIdOf(
  caller: Caller,
  key: string | undefined,
  input: VerbInput & Record<'workflowId' | 'verb', string>,
): string {
  const { workflowId, verb, by, stage, step, toRevision, runRef, with: given } = input;
  const bound: unknown[] = [verb, by, stage, toRevision, runRef, workflowId];
  if (step !== undefined) bound.push(step);
  if (given !== undefined) bound.push(Object.entries(given).sort());
  return messageIdOf(caller, key, bound);
}
