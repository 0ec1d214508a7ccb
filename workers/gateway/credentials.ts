import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GatewaySettings } from '../../src/config/config.ts';
import { InvalidConfig, type ConfigProblem } from '../../src/config/load-config.ts';

/** Who may send webhooks. A named one speaks for itself alone, the others for whom they name. */
export interface Credential {
  name?: string;
  secret: string;
}

export interface Credentials {
  tokens: Credential[];
  signingSecrets: Credential[];
}

const shortestSecret = 16;

/**
 * Reads the files that the settings name: a secret a line, or a name and a secret. Throws
 * InvalidConfig with every problem, and where the gateway would be open to others without any.
 */
export function readCredentials(settings: GatewaySettings): Credentials {
  const { tokenFile, signingFile, address } = settings;
  const problems: ConfigProblem[] = [];
  const read = (variable: string, file: string | undefined): Credential[] => {
    if (file === undefined) return [];
    const found = readSecrets(file);
    if (found.problem === undefined) return found.credentials;
    problems.push({ variable, message: `${file}: ${found.problem}` });
    return [];
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

type Parsed = { credentials: Credential[]; problem?: undefined } | { problem: string };

/** The secrets of one file, or what is wrong with it, in words that hold none. */
export function readSecrets(file: string): Parsed {
  let written: string;
  try {
    written = readFileSync(file, 'utf8');
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const lines = written
    .split('\n')
    .map((line, i) => ({ parts: line.trim().split(/\s+/), number: i + 1 }))
    .filter(({ parts: [first = ''] }) => first !== '' && !first.startsWith('#'));
  if (lines.length === 0) return { problem: 'it holds no secret; write one a line' };
  for (const { parts, number } of lines) {
    if (parts.length > 2) return { problem: `line ${number}: write "secret" or "name secret"` };
    if ((parts.at(-1) ?? '').length < shortestSecret) {
      return { problem: `line ${number}: a secret has at least ${shortestSecret} characters` };
    }
  }
  return {
    credentials: lines.map(({ parts: [first = '', second] }) =>
      second === undefined ? { secret: first } : { name: first, secret: second },
    ),
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
