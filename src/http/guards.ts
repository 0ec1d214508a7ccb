import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { addressOf } from './address-of.ts';
import {
  findSigner,
  findToken,
  idOfSecret,
  type Credential,
  type Credentials,
} from './credentials.ts';
import { refuse } from './refusal.ts';
import { allows, writePermission, type Permission, type Scope } from './scopes.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Who sent a request, as far as its credential tells. */
export interface Caller {
  name?: string;
  /** What its credential may be used for; absent: everything. */
  scopes?: readonly Scope[];
  /** Stands for its credential where the secret itself must not. */
  credentialId: string;
  /** A signed request that comes twice is the same request. */
  signature?: { value: string; atMs: number };
}

export interface GatewayVariables {
  Variables: { caller: Caller };
}

const largestBodyBytes = 1024 * 1024;
/** How old, or how far ahead, a signed request's timestamp may be. */
const signatureWindowMs = 5 * 60_000;

const limitBody = bodyLimit({
  maxSize: largestBodyBytes,
  onError: (context) => {
    // The rest of the body stays unread, so the connection is of no more use.
    context.header('connection', 'close');
    return refuse(context, 413, `a body may have at most ${largestBodyBytes} bytes`);
  },
});

/** The body of a signed request has been read, and so limited, already. */
export const limitUnreadBody: MiddlewareHandler<GatewayVariables> = (context, next) =>
  context.get('caller').signature === undefined ? limitBody(context, next) : next();

const bearer = /^Bearer +(\S+)$/i;
const signatureForm = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

export interface Admission extends Credentials {
  /** Absent: without a limit. */
  requestsPerMinute?: number;
  now: () => number;
}

/**
 * Takes a bearer token or a signature; without any configured, everybody that can reach us. A caller
 * with a credential has a rate of its own, and all that come from one address without share another:
 * whoever sends many bad requests cannot keep a caller with a credential out. Only a signature has
 * the body read before it is known who sends.
 */
export function admit(admission: Admission): MiddlewareHandler<GatewayVariables> {
  const { tokens, signingSecrets, requestsPerMinute, now } = admission;
  const buckets =
    requestsPerMinute === undefined ? undefined : new TokenBuckets(requestsPerMinute, now);
  const isOpen = tokens.length + signingSecrets.length === 0;
  return async (context, next) => {
    const identified = isOpen ? anybody : await identify(context, admission);
    const isKnown = 'caller' in identified;
    const hasCredential = isKnown && !isOpen;
    const waitMs = buckets?.take(
      hasCredential ? `credential ${identified.caller.credentialId}` : addressOf(context),
    );
    if (waitMs !== undefined && waitMs > 0) {
      context.header('retry-after', String(Math.ceil(waitMs / 1000)));
      return refuse(context, 429, `at most ${requestsPerMinute} requests a minute are taken`);
    }
    if ('tooLarge' in identified) return identified.tooLarge;
    if (!isKnown) {
      context.header('www-authenticate', 'Bearer');
      return refuse(context, 401, identified.refused);
    }
    context.set('caller', identified.caller);
    return next();
  };
}

/** Refuses, with 403, a caller whose credential is for something else. Undefined where it may. */
export function forbid(
  context: Context<GatewayVariables>,
  wanted: Permission,
): Response | undefined {
  const { name, scopes } = context.get('caller');
  if (allows(scopes, wanted)) return undefined;
  const who = name === undefined ? 'this credential' : `the credential of ${name}`;
  return refuse(context, 403, `${who} does not have the scope ${writePermission(wanted)}`);
}

const anybody = { caller: { credentialId: '' } };

type Identified = { caller: Caller } | { refused: string } | { tooLarge: Response };

async function identify(
  context: Context<GatewayVariables, string>,
  { tokens, signingSecrets, now }: Admission,
): Promise<Identified> {
  const [, token] = bearer.exec(context.req.header('authorization') ?? '') ?? [];
  if (token !== undefined) {
    const found = findToken(tokens, token);
    return found === undefined ? refusedFor('this token is not known here') : callerOf(found);
  }
  const signature = context.req.header('x-belay-signature');
  if (signature === undefined || signingSecrets.length === 0) {
    return refusedFor(
      signingSecrets.length === 0
        ? 'send "Authorization: Bearer <token>"'
        : 'send "Authorization: Bearer <token>" or "X-Belay-Signature: t=<seconds>,v1=<hex>"',
    );
  }
  const [, timestamp = '', v1 = ''] = signatureForm.exec(signature) ?? [];
  if (v1 === '') {
    return refusedFor('X-Belay-Signature is not of the form t=<seconds>,v1=<64 hex digits>');
  }
  const atMs = Number(timestamp) * 1000;
  if (Math.abs(now() - atMs) > signatureWindowMs) {
    return refusedFor('the signature is more than 5 minutes from now');
  }
  const tooLarge = await readWithinLimit(context);
  if (tooLarge !== undefined) return { tooLarge };
  const { pathname, search } = new URL(context.req.url);
  const body = new Uint8Array(await context.req.arrayBuffer());
  const signed = { timestamp, method: context.req.method, path: pathname + search, body };
  const found = findSigner(signingSecrets, signed, v1);
  if (found === undefined) return refusedFor('the signature does not fit this request');
  return { caller: { ...callerOf(found).caller, signature: { value: v1, atMs } } };
}

/** The answer to a body that is too large. */
async function readWithinLimit(
  context: Context<GatewayVariables, string>,
): Promise<Response | undefined> {
  const answer = await limitBody(context, () => Promise.resolve());
  return answer ?? undefined;
}

function refusedFor(refused: string) {
  return { refused };
}

function callerOf({ name, scopes, secret }: Credential): { caller: Caller } {
  return {
    caller: {
      ...(name !== undefined && { name }),
      ...(scopes && { scopes }),
      credentialId: idOfSecret(secret),
    },
  };
}
