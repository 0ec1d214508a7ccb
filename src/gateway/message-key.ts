import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Caller, GatewayVariables } from '../http/guards.ts';
import { refuse } from '../http/refusal.ts';

const keyForm = /^[\x21-\x7e]{1,200}$/;
const keyProblem = '1 to 200 printable characters without spaces';

/** An idempotency key in the body of a request. */
export const messageKey = z.string().regex(keyForm, keyProblem);

export function problemsOfKey(header: string | undefined, { signature }: Caller): string[] {
  if (header === undefined) return [];
  if (signature !== undefined) {
    return ['Idempotency-Key: no signature covers it; write idempotencyKey into the body'];
  }
  return keyForm.test(header) ? [] : [`Idempotency-Key: ${keyProblem}`];
}

/**
 * What identifies a message: a key is good for one caller and for what it is bound to. A signed request
 * that is caught and sent again has the same signature, so it is no new message.
 */
export function messageIdOf(
  { name, credentialId, signature }: Caller,
  key: string | undefined,
  bound: readonly unknown[],
): string {
  if (key === undefined) return `webhook/${signature?.value ?? randomUUID()}`;
  const whole = JSON.stringify([key, name ?? credentialId, ...bound]);
  return `webhook/${createHash('sha256').update(whole).digest('hex')}`;
}

/** Refuses, with 403, a named caller that acts under another name. Undefined where it may. */
export function refuseOtherName(
  context: Context<GatewayVariables>,
  by: string | undefined,
): Response | undefined {
  const { name } = context.get('caller');
  if (name === undefined || by === name) return undefined;
  return refuse(context, 403, `${name} speaks for itself alone, not for ${by}`);
}
