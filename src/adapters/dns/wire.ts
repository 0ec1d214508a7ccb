/** Names, addresses and records as they are in a message (RFC 1035, section 3 and 4). */
import { DnsError } from './dns-error.ts';

export const recordTypes = { A: 1, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, TSIG: 250 } as const;
export const classes = { internet: 1, none: 254, any: 255 } as const;

export interface WireRecord {
  name: string;
  type: number;
  class: number;
  ttl: number;
  data: Buffer;
}

/** Without a dot at its end, in lower case: names are compared without their case. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

export function encodeName(name: string): Buffer {
  const labels = plainName(name).split('.');
  const parts = labels.filter(Boolean).map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from([part.length]), part]),
    Buffer.from([0]),
  ]);
}

export function encodeRecord({ name, type, class: of, ttl, data }: WireRecord): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(of, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

export interface NameAt {
  name: string;
  /** Behind it. */
  next: number;
}

export function readName(message: Buffer, offset: number): NameAt {
  const labels: string[] = [];
  let at = offset;
  let next: number | undefined;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return { name: labels.join('.').toLowerCase(), next: next ?? at + 1 };
    if (length < 64) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
      continue;
    }
    const target = message.readUInt16BE(at) & 0x3fff;
    // Backwards only: a pointer that leads on, or to itself, never ends.
    if (length < 192 || target >= at) throw new DnsError('silent', 'the answer is malformed');
    next ??= at + 2;
    at = target;
  }
}

/** As text that can be compared: one address is always written in the same way. */
export function readValue(message: Buffer, type: number, at: number, length: number): string {
  const data = message.subarray(at, at + length);
  switch (type) {
    case recordTypes.A:
      return [...data].join('.');
    case recordTypes.AAAA:
      return readAddress6(data);
    case recordTypes.CNAME:
      return readName(message, at).name;
    case recordTypes.TXT:
      return readText(data);
    default:
      return data.toString('hex');
  }
}

export function encodeValue(type: number, value: string): Buffer {
  switch (type) {
    case recordTypes.A:
      return Buffer.from(value.split('.').map(Number));
    case recordTypes.AAAA:
      return encodeAddress6(value);
    case recordTypes.CNAME:
      return encodeName(value);
    case recordTypes.TXT: {
      const text = Buffer.from(value, 'latin1');
      return Buffer.concat([Buffer.from([text.length]), text]);
    }
    default:
      throw new Error(`no value of type ${type} is ever written`);
  }
}

export function plainAddress6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function readAddress6(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(2 * index));
  return plainAddress6(groups.map((group) => group.toString(16)).join(':'));
}

function encodeAddress6(address: string): Buffer {
  const [head = '', tail] = plainAddress6(address).split('::');
  const groupsOf = (text: string) => text.split(':').filter(Boolean);
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const data = Buffer.alloc(16);
  [...first, ...zeros, ...last].forEach((group, index) => {
    data.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  });
  return data;
}

function readText(data: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < data.length;) {
    const length = data.readUInt8(at);
    parts.push(data.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return parts.join('');
}
