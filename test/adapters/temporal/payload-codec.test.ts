import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, describe, expect, it } from 'vitest';
import {
  EncryptionCodec,
  PayloadUnreadable,
} from '../../../src/adapters/temporal/payload-codec.ts';
import { PayloadKeys } from '../../../src/adapters/temporal/payload-keys.ts';
import { keyLine, writeKeys } from '../../fixtures/payload-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-codec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const first = keyLine('first');
const second = keyLine('second');
const secret = { release: 'the price list' };
let files = 0;

function codecWith(...lines: string[]): EncryptionCodec {
  return new EncryptionCodec(new PayloadKeys({ file: writeKeys(nextFile(), ...lines) }));
}

function nextFile(): string {
  files += 1;
  return join(folder, `keys-${files}`);
}

async function encrypted(codec: EncryptionCodec, value: unknown = secret): Promise<Payload> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
  return payload!;
}

async function opened(codec: EncryptionCodec, payload: Payload): Promise<unknown> {
  const [plain] = await codec.decode([payload]);
  return defaultPayloadConverter.fromPayload(plain!);
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1');
}

describe('an encrypted payload', () => {
  it('says how and with which key, and nothing else', async () => {
    const { metadata, data } = await encrypted(codecWith(first));
    expect(Object.entries(metadata ?? {}).map(([key, value]) => [key, text(value)])).toEqual([
      ['encoding', 'binary/encrypted'],
      ['encryption-key-id', 'first'],
    ]);
    expect(text(data)).not.toMatch(/price|json/);
  });

  it('comes back as it was, whatever it was made of', async () => {
    const codec = codecWith(first);
    const values = [secret, null, undefined, '', new Uint8Array([0, 255])];
    const payloads = await codec.encode(values.map((v) => defaultPayloadConverter.toPayload(v)));
    const back = await codec.decode(payloads);
    expect(back.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual(values);
  });

  it('is another each time, though the same is in it', async () => {
    const codec = codecWith(first);
    expect(text((await encrypted(codec)).data)).not.toBe(text((await encrypted(codec)).data));
  });

  it('is read by whoever has its key, first or not', async () => {
    const before = await encrypted(codecWith(first));
    const after = codecWith(second, first);
    expect(await opened(after, before)).toEqual(secret);
    expect(text((await encrypted(after)).metadata?.['encryption-key-id'])).toBe('second');
  });

  it.each([
    [[second], /encrypted with payload key first, which .*keys-\d+ does not hold: add its line/],
    [[keyLine('first')], /does not fit key first: it was changed, or another key has that ID/],
  ])('is not read without its key', async (lines, reason) => {
    const payload = await encrypted(codecWith(first));
    const reading = codecWith(...lines).decode([payload]);
    await expect(reading).rejects.toThrow(PayloadUnreadable);
    await expect(reading).rejects.toThrow(reason);
  });

  it('names the setting where there are no keys at all', async () => {
    const payload = await encrypted(codecWith(first));
    await expect(new EncryptionCodec(new PayloadKeys({})).decode([payload])).rejects.toThrow(
      /payload key first: name a file that holds it with BELAY_PAYLOAD_KEYS_FILE/,
    );
  });

  it('is not read once a bit of it has changed, be it the name of its key', async () => {
    const same = first.replace('first', 'renamed');
    const codec = codecWith(first, same);
    const payload = await encrypted(codec);
    const data = Buffer.from(payload.data ?? []);
    for (const at of [0, 20, data.length - 1]) {
      const changed = Buffer.from(data);
      changed[at] = changed[at]! ^ 1;
      await expect(codec.decode([{ ...payload, data: changed }])).rejects.toThrow(/was changed/);
    }
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('renamed') };
    await expect(codec.decode([{ ...payload, metadata }])).rejects.toThrow(/does not fit/);
    await expect(codec.decode([{ ...payload, data: data.subarray(0, 27) }])).rejects.toThrow(
      /cut off/,
    );
  });
});

describe('a payload that is not encrypted', () => {
  it('is read as ever, with keys and without, so that encryption can be turned on', async () => {
    const plain = defaultPayloadConverter.toPayload(secret);
    expect(await opened(codecWith(first), plain)).toEqual(secret);
    expect(await encrypted(new EncryptionCodec(new PayloadKeys({})))).toEqual(plain);
  });
});

describe('a key file that changes under a running process', () => {
  it('is read again within a second, and its new first line encrypts', async () => {
    let nowMs = 1_000_000;
    const file = writeKeys(nextFile(), first);
    const codec = new EncryptionCodec(new PayloadKeys({ file, now: () => nowMs }));
    const foreign = await encrypted(codecWith(second));
    writeKeys(file, second, first);
    await expect(codec.decode([foreign])).rejects.toThrow(PayloadUnreadable);
    nowMs += 1_000;
    expect(await opened(codec, foreign)).toEqual(secret);
    expect(text((await encrypted(codec)).metadata?.['encryption-key-id'])).toBe('second');
  });

  it('leaves the keys as they were where it cannot be used, and says so once', async () => {
    let nowMs = 1_000_000;
    const file = writeKeys(nextFile(), first);
    const problems: string[] = [];
    const onProblem = ({ message }: Error) => problems.push(message);
    const codec = new EncryptionCodec(new PayloadKeys({ file, now: () => nowMs, onProblem }));
    const payload = await encrypted(codec);
    writeKeys(file, 'half a li');
    for (const laterMs of [1_000, 2_000]) {
      nowMs += laterMs;
      expect(await opened(codec, payload)).toEqual(secret);
    }
    expect(problems).toEqual([expect.stringContaining('line 1: write "id:key"')]);
  });
});
