import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GatewaySettings } from '../config/config.ts';
import { InvalidConfig, type ConfigProblem } from '../config/load-config.ts';
import { isMeantAsScope, parseScope, scopeForms, type Scope } from './scopes.ts';

/** A caller's secret. One with a name acts in that name only, the others in any name they give. */
export interface Credential {
  name?: string;
  secret: string;
  /** What it may be used for; absent: everything. */
  scopes?: readonly Scope[];
}

export interface Credentials {
  tokens: Credential[];
  signingSecrets: Credential[];
}

const shortestSecret = 16;

/**
 * Reads the files that the settings name: one credential per line, `[name] secret [scope...]`. Throws
 * InvalidConfig with every problem, and where the gateway would be open to others without any.
 */
export function readCredentials(settings: GatewaySettings): Credentials {
  const { tokenFile, signingFile, address } = settings;
  const problems: ConfigProblem[] = [];
  const read = (variable: string, file: string | undefined): Credential[] => {
    if (file === undefined) return [];
    const { credentials, problems: found } = readSecrets(file, { withScopes: true });
    problems.push(...found.map((problem) => ({ variable, message: `${file}: ${problem}` })));
    return credentials;
  };
  const tokens = read('BELAY_GATEWAY_TOKEN_FILE', tokenFile);
  const signingSecrets = read('BELAY_GATEWAY_SIGNING_FILE', signingFile);
  if (tokenFile === undefined && signingFile === undefined && !isLoopback(address)) {
    problems.push({
      variable: 'BELAY_GATEWAY_TOKEN_FILE',
      message:
        `missing, and so is BELAY_GATEWAY_SIGNING_FILE: on ${address} anybody could send webhooks. ` +
        'Name a file with a token, or listen on 127.0.0.1',
    });
  }
  if (problems.length > 0) throw new InvalidConfig(problems);
  return { tokens, signingSecrets };
}

export interface ReadSecrets {
  credentials: Credential[];
  /** In words that hold no secret. */
  problems: string[];
}

/** The secrets of one file, or every problem with it. */
export function readSecrets(file: string, { withScopes = false } = {}): ReadSecrets {
  let written: string;
  try {
    written = readFileSync(file, 'utf8');
  } catch (error) {
    return { credentials: [], problems: [error instanceof Error ? error.message : String(error)] };
  }
  const credentials: Credential[] = [];
  const problems: string[] = [];
  written.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const { credential, problems: found } = readLine(line.split(/\s+/), withScopes);
    problems.push(...found.map((problem) => `line ${index + 1}: ${problem}`));
    if (credential !== undefined) credentials.push(credential);
  });
  if (credentials.length === 0 && problems.length === 0) {
    problems.push('it holds no secret; write one per line');
  }
  return { credentials, problems };
}

/** A secret that looks like a scope would be a secret that everybody can guess. */
function readLine(
  parts: readonly string[],
  withScopes: boolean,
): { credential?: Credential; problems: string[] } {
  const at = parts.findIndex((part, index) => index > 0 && isMeantAsScope(part));
  const names = at === -1 ? parts : parts.slice(0, at);
  const written = at === -1 ? [] : parts.slice(at);
  const [first = '', second] = names;
  const secret = second ?? first;
  const problems: string[] = [];
  if (names.length > 2) {
    problems.push(
      withScopes
        ? `write "secret" or "name secret", then its scopes: ${scopeForms}`
        : 'write "secret" or "name secret"',
    );
  } else if (secret.length < shortestSecret || isMeantAsScope(first)) {
    problems.push(`a secret has at least ${shortestSecret} characters, and is no scope`);
  }
  if (written.length > 0 && !withScopes) problems.push('scopes mean nothing here');
  const scopes: Scope[] = [];
  for (const part of withScopes ? written : []) {
    // Anything else may be a secret in the wrong place.
    const scope = isMeantAsScope(part)
      ? parseScope(part)
      : { problem: `after the secret there may only be scopes: ${scopeForms}` };
    if ('problem' in scope) problems.push(scope.problem);
    else scopes.push(scope);
  }
  if (problems.length > 0) return { problems };
  return {
    problems,
    credential: {
      ...(second !== undefined && { name: first }),
      secret,
      ...(scopes.length > 0 && { scopes }),
    },
  };
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The one with this secret. Takes the same time whichever it is, and whether or not there is one. */
export function findToken(tokens: Credential[], given: string): Credential | undefined {
  const hashed = digest(given);
  let found: Credential | undefined;
  for (const token of tokens) if (timingSafeEqual(digest(token.secret), hashed)) found = token;
  return found;
}

/** Tells one secret from another without saying it. */
export function idOfSecret(secret: string): string {
  return digest(`id of ${secret}`).toString('hex').slice(0, 32);
}

/** HMAC-SHA256, in hex, of what was signed. */
export function sign(secret: string, signed: Signed): string {
  const { timestamp, method, path, body } = signed;
  return createHmac('sha256', secret)
    .update(`${timestamp}.${method}.${path}.`)
    .update(body)
    .digest('hex');
}

export interface Signed {
  /** Seconds since the epoch, as it was sent. */
  timestamp: string;
  method: string;
  /** With its query. */
  path: string;
  body: Uint8Array;
}

export function findSigner(
  secrets: Credential[],
  signed: Signed,
  signature: string,
): Credential | undefined {
  const given = digest(signature);
  let found: Credential | undefined;
  for (const one of secrets) {
    if (timingSafeEqual(digest(sign(one.secret, signed)), given)) found = one;
  }
  return found;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
