/** Transaction signatures (RFC 8945): nobody without the key changes a message, or answers in its place. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DnsError } from './dns-error.ts';
import type { TransactionKey } from './key-file.ts';
import type { Answer } from './message.ts';
import { classes, encodeName, encodeRecord, recordTypes } from './wire.ts';

const fudgeS = 300;
const additionalCountAt = 10;
const errors: Readonly<Record<number, string>> = {
  16: 'the signature is wrong (BADSIG): its secret is not that of the server',
  17: 'the server does not know the key (BADKEY)',
  18: 'the clocks of the two hosts differ too much (BADTIME)',
  22: 'the signature is too short (BADTRUNC)',
};

export interface Signed {
  message: Buffer;
  /** What the answer is signed with, too. */
  signature: Buffer;
}

export function sign(message: Buffer, key: TransactionKey, nowMs: number): Signed {
  const fields = { signedAtS: Math.floor(nowMs / 1_000), error: 0, other: Buffer.alloc(0) };
  const signature = createHmac(hashOf(key), key.secret)
    .update(message)
    .update(variables(key, fields))
    .digest();
  const { name } = key;
  const data = Buffer.concat([
    encodeName(key.algorithm),
    timeAndFudge(fields.signedAtS),
    uint16(signature.length),
    signature,
    message.subarray(0, 2),
    uint16(0),
    uint16(0),
  ]);
  const record = { name, type: recordTypes.TSIG, class: classes.any, ttl: 0, data };
  const signed = Buffer.concat([message, encodeRecord(record)]);
  signed.writeUInt16BE(signed.readUInt16BE(additionalCountAt) + 1, additionalCountAt);
  return { message: signed, signature };
}

/** Throws DnsError where the answer is not signed by the same key, or says what is wrong with the request's. */
export function verify(
  message: Buffer,
  { additional, code }: Answer,
  key: TransactionKey,
  request: Signed,
): void {
  const last = additional.at(-1);
  if (last?.type !== recordTypes.TSIG) {
    const said = code === 0 ? '' : ` (code ${code})`;
    throw new DnsError('refused', `the server answered without a signature${said}`);
  }
  const { signature, error, signedAtS, other, originalId } = readSignature(last.data);
  const known = errors[error];
  if (known !== undefined) throw new DnsError('refused', known);
  const unsigned = Buffer.from(message.subarray(0, last.startsAt));
  originalId.copy(unsigned);
  unsigned.writeUInt16BE(additional.length - 1, additionalCountAt);
  const expected = createHmac(hashOf(key), key.secret)
    .update(uint16(request.signature.length))
    .update(request.signature)
    .update(unsigned)
    .update(variables(key, { signedAtS, error, other }))
    .digest();
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) {
    throw new DnsError(
      'silent',
      'the signature of the answer is wrong: it came from somebody else',
    );
  }
}

interface Fields {
  signedAtS: number;
  error: number;
  other: Buffer;
}

function variables({ name, algorithm }: TransactionKey, { signedAtS, error, other }: Fields) {
  return Buffer.concat([
    encodeName(name),
    uint16(classes.any),
    Buffer.alloc(4),
    encodeName(algorithm),
    timeAndFudge(signedAtS),
    uint16(error),
    uint16(other.length),
    other,
  ]);
}

function readSignature(data: Buffer): Fields & { signature: Buffer; originalId: Buffer } {
  let at = data.indexOf(0) + 1;
  const signedAtS = data.readUIntBE(at, 6);
  const length = data.readUInt16BE(at + 8);
  const signature = data.subarray(at + 10, at + 10 + length);
  at += 10 + length;
  return {
    ...{ signedAtS, signature, originalId: data.subarray(at, at + 2) },
    error: data.readUInt16BE(at + 2),
    other: data.subarray(at + 6, at + 6 + data.readUInt16BE(at + 4)),
  };
}

function timeAndFudge(seconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(seconds, 0, 6);
  bytes.writeUInt16BE(fudgeS, 6);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value, 0);
  return bytes;
}

function hashOf({ algorithm }: TransactionKey): string {
  return algorithm.replace('hmac-', '');
}
