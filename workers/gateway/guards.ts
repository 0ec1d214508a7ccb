import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { findSigner, findToken, type Credential, type Credentials } from './credentials.ts';
import { refuse } from './refusal.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Who sent a request, as far as its credential tells. */
export interface Caller {
  name?: string;
  /** A signed request that comes twice is the same request. */
  signature?: string;
}

export interface GatewayVariables {
  Variables: { caller: Caller };
}

const largestBodyBytes = 1024 * 1024;
/** How old, or how far ahead, a signed request's timestamp may be. */
const signatureWindowMs = 5 * 60_000;

export const limitBody = bodyLimit({
  maxSize: largestBodyBytes,
  onError: (context) => {
    // The rest of the body stays unread, so the connection is of no more use.
    context.header('connection', 'close');
    return refuse(context, 413, `a body may have at most ${largestBodyBytes} bytes`);
  },
});

/** So many requests a minute for each remote address, whoever is behind it. */
export function limitRate(requestsPerMinute: number, now: () => number): MiddlewareHandler {
  const buckets = new TokenBuckets(requestsPerMinute, now);
  return async (context, next) => {
    const address = getConnInfo(context).remote.address ?? 'unknown';
    const waitMs = buckets.take(address);
    if (waitMs === 0) return next();
    context.header('retry-after', String(Math.ceil(waitMs / 1000)));
    return refuse(context, 429, `at most ${requestsPerMinute} requests a minute are taken`);
  };
}

const bearer = /^Bearer +(\S+)$/i;
const signatureForm = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** Takes a bearer token or a signature; without any configured, everybody that can reach us. */
export function authenticate(
  { tokens, signingSecrets }: Credentials,
  now: () => number,
): MiddlewareHandler<GatewayVariables> {
  const isOpen = tokens.length === 0 && signingSecrets.length === 0;
  return async (context, next) => {
    const caller = isOpen ? {} : await identify(context, { tokens, signingSecrets }, now);
    if (typeof caller === 'string') {
      context.header('www-authenticate', 'Bearer');
      return refuse(context, 401, caller);
    }
    context.set('caller', caller);
    return next();
  };
}

async function identify(
  context: Context,
  { tokens, signingSecrets }: Credentials,
  now: () => number,
): Promise<Caller | string> {
  const [, token] = bearer.exec(context.req.header('authorization') ?? '') ?? [];
  if (token !== undefined) {
    const found = findToken(tokens, token);
    return found === undefined ? 'this token is not known here' : named(found);
  }
  const signature = context.req.header('x-belay-signature');
  if (signature === undefined || signingSecrets.length === 0) {
    if (signingSecrets.length === 0) return 'send "Authorization: Bearer <token>"';
    return 'send "Authorization: Bearer <token>" or "X-Belay-Signature: t=<seconds>,v1=<hex>"';
  }
  const [, timestamp = '', v1 = ''] = signatureForm.exec(signature) ?? [];
  if (v1 === '') return 'X-Belay-Signature is not of the form t=<seconds>,v1=<64 hex digits>';
  if (Math.abs(now() - Number(timestamp) * 1000) > signatureWindowMs) {
    return 'the signature is more than 5 minutes from now';
  }
  const { pathname, search } = new URL(context.req.url);
  const body = new Uint8Array(await context.req.arrayBuffer());
  const signed = { timestamp, method: context.req.method, path: pathname + search, body };
  const found = findSigner(signingSecrets, signed, v1);
  return found === undefined
    ? 'the signature does not fit this request'
    : { ...named(found), signature: v1 };
}

function named({ name }: Credential): Caller {
  return name === undefined ? {} : { name };
}
