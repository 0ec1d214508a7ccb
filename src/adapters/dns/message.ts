/** Questions, updates (RFC 2136) and answers. */
import { DnsError } from './dns-error.ts';
import { classes, encodeName, encodeRecord, readName, readValue, recordTypes } from './wire.ts';
import type { WireRecord } from './wire.ts';

const updateFlags = 5 << 11;
const answerFlag = 0x8000;
const authorityFlag = 0x0400;
const headerBytes = 12;

export interface AnswerRecord extends WireRecord {
  value: string;
  /** Where it begins in the message. */
  startsAt: number;
}

export interface Answer {
  id: number;
  /** 0: no error. */
  code: number;
  /** The server holds the zone, and has not got this from a cache. */
  isAuthoritative: boolean;
  answers: AnswerRecord[];
  additional: AnswerRecord[];
}

export function encodeQuestion(id: number, name: string, type: number): Buffer {
  return Buffer.concat([header(id, 0, [1, 0, 0, 0]), encodeAsked(name, type)]);
}

export interface UpdateMessage {
  zone: string;
  prerequisites: readonly WireRecord[];
  changes: readonly WireRecord[];
}

export function encodeUpdate(id: number, { zone, prerequisites, changes }: UpdateMessage): Buffer {
  return Buffer.concat([
    header(id, updateFlags, [1, prerequisites.length, changes.length, 0]),
    encodeAsked(zone, recordTypes.SOA),
    ...[...prerequisites, ...changes].map(encodeRecord),
  ]);
}

/** Throws DnsError where it cannot be read. */
export function readAnswer(message: Buffer): Answer {
  try {
    return readSections(message);
  } catch (error) {
    if (error instanceof DnsError) throw error;
    throw new DnsError('silent', 'the answer is malformed');
  }
}

function readSections(message: Buffer): Answer {
  const flags = message.readUInt16BE(2);
  if ((flags & answerFlag) === 0) throw new DnsError('silent', 'what came back is no answer');
  const [asked = 0, answers = 0, authorities = 0, additional = 0] = [4, 6, 8, 10].map((at) =>
    message.readUInt16BE(at),
  );
  let at = headerBytes;
  for (let index = 0; index < asked; index += 1) at = readName(message, at).next + 4;
  const read = (count: number): AnswerRecord[] =>
    Array.from({ length: count }, () => {
      const record = readRecord(message, at);
      at = record.next;
      return record;
    });
  const found = read(answers);
  read(authorities);
  return {
    id: message.readUInt16BE(0),
    code: flags & 0xf,
    isAuthoritative: (flags & authorityFlag) !== 0,
    answers: found,
    additional: read(additional),
  };
}

function readRecord(message: Buffer, startsAt: number): AnswerRecord & { next: number } {
  const { name, next } = readName(message, startsAt);
  const type = message.readUInt16BE(next);
  const length = message.readUInt16BE(next + 8);
  const dataAt = next + 10;
  const data = message.subarray(dataAt, dataAt + length);
  if (data.length < length) throw new DnsError('silent', 'the answer is cut off');
  return {
    ...{ name, type, class: message.readUInt16BE(next + 2), ttl: message.readUInt32BE(next + 4) },
    ...{ data, startsAt, next: dataAt + length },
    value: readValue(message, type, dataAt, length),
  };
}

function header(id: number, flags: number, counts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  [id, flags, ...counts].forEach((value, index) => bytes.writeUInt16BE(value, 2 * index));
  return bytes;
}

function encodeAsked(name: string, type: number): Buffer {
  const fixed = Buffer.alloc(4);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(classes.internet, 2);
  return Buffer.concat([encodeName(name), fixed]);
}
