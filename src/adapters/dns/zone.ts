/** Reading the records of a name, and changing them where they are what they are thought to be. */
import { randomInt } from 'node:crypto';
import { DnsError } from './dns-error.ts';
import { exchange, type NameServer } from './exchange.ts';
import type { TransactionKey } from './key-file.ts';
import { encodeQuestion, encodeUpdate, readAnswer } from './message.ts';
import { sign, verify } from './tsig.ts';
import { classes, encodeValue, plainName, recordTypes, type WireRecord } from './wire.ts';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT';

export interface NameRecord {
  type: RecordType;
  value: string;
  ttlS: number;
}

const codes: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
};
const changedCodes = ['NXDOMAIN', 'YXDOMAIN', 'YXRRSET', 'NXRRSET'];

/** What this server itself holds of these types; a CNAME answers for all others. Throws DnsError. */
export async function readRecords(
  server: NameServer,
  name: string,
  types: readonly RecordType[],
  withinMs: number,
): Promise<NameRecord[]> {
  const found = await Promise.all(types.map((type) => readOne(server, name, type, withinMs)));
  const seen = new Set<string>();
  return found.flat().filter(({ type, value }) => {
    const key = `${type} ${value}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function readOne(
  server: NameServer,
  name: string,
  type: RecordType,
  withinMs: number,
): Promise<NameRecord[]> {
  const id = randomInt(65_536);
  const message = encodeQuestion(id, name, recordTypes[type]);
  const answer = readAnswer(await exchange(server, message, withinMs));
  const who = `name server ${server.host}:${server.port}`;
  if (answer.id !== id) throw new DnsError('silent', `${who} answered something else`);
  const said = codes[answer.code] ?? String(answer.code);
  if (answer.code !== 0 && said !== 'NXDOMAIN') {
    throw new DnsError('refused', `${who} refuses to answer for ${name} (${said})`);
  }
  if (!answer.isAuthoritative) {
    throw new DnsError(
      'refused',
      `${who} does not hold the zone of ${name}: it answers from a cache`,
    );
  }
  return answer.answers.flatMap((record): NameRecord[] => {
    const known = nameOfType(record.type);
    if (record.name !== plainName(name) || known === undefined) return [];
    return [{ type: known, value: record.value, ttlS: record.ttl }];
  });
}

function nameOfType(type: number): RecordType | undefined {
  return (['A', 'AAAA', 'CNAME', 'TXT'] as const).find((name) => recordTypes[name] === type);
}

/** All records of one type at one name; without values, there is no such record. */
export interface RecordSet {
  name: string;
  type: RecordType;
  values: readonly string[];
}

export interface ZoneUpdate {
  zone: string;
  /** Nothing is changed unless each of these is exactly so. */
  expected: readonly RecordSet[];
  /** Each takes the place of what there is of its type. */
  wanted: readonly (RecordSet & { ttlS: number })[];
}

/**
 * All of it or nothing. Throws DnsError: `changed` where something is not as expected, and `silent` where
 * nobody can say whether it was done.
 */
export async function updateZone(
  server: NameServer,
  { zone, expected, wanted }: ZoneUpdate,
  key: TransactionKey,
  withinMs: number,
): Promise<void> {
  const id = randomInt(65_536);
  const prerequisites = expected.flatMap(prerequisiteOf);
  const changes = wanted.flatMap(changesOf);
  const request = sign(encodeUpdate(id, { zone, prerequisites, changes }), key, Date.now());
  const message = await exchange(server, request.message, withinMs);
  const answer = readAnswer(message);
  const who = `name server ${server.host}:${server.port}`;
  try {
    verify(message, answer, key, request);
  } catch (error) {
    if (error instanceof DnsError) throw new DnsError(error.code, `${who}: ${error.message}`);
    throw error;
  }
  if (answer.code === 0) return;
  const said = codes[answer.code] ?? String(answer.code);
  const code = changedCodes.includes(said) ? 'changed' : said === 'SERVFAIL' ? 'silent' : 'refused';
  throw new DnsError(code, `${who} did not take the update of zone ${zone} (${said})`);
}

function prerequisiteOf({ name, type, values }: RecordSet): WireRecord[] {
  const known = { name, type: recordTypes[type], ttl: 0 };
  if (values.length === 0) return [{ ...known, class: classes.none, data: Buffer.alloc(0) }];
  return values.map((value) => ({
    ...{ ...known, class: classes.internet },
    data: encodeValue(known.type, value),
  }));
}

function changesOf({ name, type, values, ttlS }: RecordSet & { ttlS: number }): WireRecord[] {
  const known = { name, type: recordTypes[type] };
  return [
    { ...known, class: classes.any, ttl: 0, data: Buffer.alloc(0) },
    ...values.map((value) => ({
      ...{ ...known, class: classes.internet, ttl: ttlS },
      data: encodeValue(known.type, value),
    })),
  ];
}
