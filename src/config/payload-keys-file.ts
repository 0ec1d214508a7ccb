import { readFileSync, statSync } from 'node:fs';
import { InvalidConfig, type ConfigProblem } from './load-config.ts';

/** Encrypts payloads. Its bytes are in no message, log or error. */
export interface PayloadKey {
  id: string;
  /** 256 bits. */
  secret: Buffer;
}

export const keyBytes = 32;

/** Short, because the summary of a workflow, which Temporal limits to 400 bytes, carries it too. */
export const keyIdPattern = /^[A-Za-z0-9._-]{1,32}$/;

const variable = 'BELAY_PAYLOAD_KEYS_FILE';
const readableByOthers = 0o007;
const shownLines = 20;

/**
 * The keys of a file, a line each: `id:base64`. The first encrypts, all decrypt. Throws
 * InvalidConfig with every bad line by its number, and where others may read the file.
 */
export function readPayloadKeys(file: string): PayloadKey[] {
  let written: string;
  let mode: number;
  try {
    written = readFileSync(file, 'utf8');
    ({ mode } = statSync(file));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw invalid(file, [`cannot be read (${code})`]);
  }
  const { keys, problems } = parsePayloadKeys(written);
  if ((mode & readableByOthers) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    problems.unshift(`has mode ${shown}: everybody on the machine may read it. chmod 600 ${file}`);
  }
  if (problems.length > 0) throw invalid(file, problems);
  return keys;
}

function invalid(file: string, problems: string[]): InvalidConfig {
  const listed = problems.slice(0, shownLines);
  if (problems.length > shownLines) listed.push(`and ${problems.length - shownLines} more`);
  return new InvalidConfig(
    listed.map((problem): ConfigProblem => ({ variable, message: `${file}: ${problem}` })),
  );
}

interface Parsed {
  keys: PayloadKey[];
  problems: string[];
}

function parsePayloadKeys(written: string): Parsed {
  const keys: PayloadKey[] = [];
  const problems: string[] = [];
  written.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const key = parseLine(line);
    const complaint =
      typeof key === 'string'
        ? key
        : keys.some(({ id }) => id === key.id) && `the key ID ${key.id} was used above`;
    if (complaint) problems.push(`line ${index + 1}: ${complaint}`);
    else keys.push(key as PayloadKey);
  });
  if (keys.length === 0 && problems.length === 0) {
    problems.push('it holds no key; append one with: belay keys new');
  }
  return { keys, problems };
}

/** The key, or what is wrong, in words that hold nothing of the line but a good ID. */
function parseLine(line: string): PayloadKey | string {
  const colon = line.indexOf(':');
  if (colon === -1) return 'write "id:key", as belay keys new prints it';
  const id = line.slice(0, colon);
  const encoded = line.slice(colon + 1);
  if (!keyIdPattern.test(id)) {
    return 'a key ID has 1 to 32 letters, digits, ".", "_" and "-"';
  }
  const secret = Buffer.from(encoded, 'base64');
  if (secret.toString('base64') !== encoded) return `the key of ${id} is not base64`;
  if (secret.length !== keyBytes) {
    return `the key of ${id} has ${secret.length} bytes, not ${keyBytes}`;
  }
  return { id, secret };
}
