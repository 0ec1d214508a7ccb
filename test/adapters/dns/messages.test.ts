import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { readKey } from '../../../src/adapters/dns/key-file.ts';
import { readAnswer } from '../../../src/adapters/dns/message.ts';
import { sign } from '../../../src/adapters/dns/tsig.ts';
import { encodeValue, readValue, recordTypes } from '../../../src/adapters/dns/wire.ts';
import { readRecords, updateZone } from '../../../src/adapters/dns/zone.ts';

const key = readKey('key "belay" { algorithm hmac-sha256; secret "c2VjcmV0LW9mLWJlbGF5"; };');
const update = { zone: 'ha.test', expected: [], wanted: [] };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers each question with what a test makes of it. */
async function answering(answer: (asked: Buffer) => Buffer) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const message = answer(chunk.subarray(2));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length, 0);
      socket.end(Buffer.concat([length, message]));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

function answerTo(asked: Buffer, { flags = 0x8400, id = asked.readUInt16BE(0) } = {}): Buffer {
  const message = Buffer.alloc(12);
  message.writeUInt16BE(id, 0);
  message.writeUInt16BE(flags, 2);
  return message;
}

describe('an answer of a name server', () => {
  const read = async (answer: (asked: Buffer) => Buffer) =>
    readRecords(await answering(answer), 'db.ha.test', ['A'], 2_000);

  it('is believed only from a server that holds the zone, and for the same question', async () => {
    expect(await read((asked) => answerTo(asked))).toEqual([]);
    await expect(read((asked) => answerTo(asked, { flags: 0x8000 }))).rejects.toThrow(
      'it answers from a cache',
    );
    await expect(
      read((asked) => answerTo(asked, { id: asked.readUInt16BE(0) ^ 1 })),
    ).rejects.toThrow('answered something else');
    await expect(read((asked) => asked)).rejects.toThrow('is no answer');
  });

  it('that refuses, is cut off or never ends says nothing about a name', async () => {
    await expect(read((asked) => answerTo(asked, { flags: 0x8405 }))).rejects.toThrow('(REFUSED)');
    const loop = Buffer.concat([answerTo(Buffer.alloc(12)), Buffer.from([0xc0, 12, 0, 1, 0, 1])]);
    loop.writeUInt16BE(1, 4);
    expect(() => readAnswer(loop)).toThrow('malformed');
    const promised = answerTo(Buffer.alloc(12));
    promised.writeUInt16BE(2_000, 6);
    expect(() => readAnswer(promised)).toThrow('malformed');
  });

  it('to an update is not believed without the signature of the key', async () => {
    const ask = async (answer: (asked: Buffer) => Buffer) =>
      updateZone(await answering(answer), update, key, 2_000);
    await expect(ask((asked) => answerTo(asked))).rejects.toThrow('without a signature');
    const stranger = { ...key, secret: Buffer.from('another') };
    await expect(
      ask((asked) => sign(answerTo(asked), stranger, Date.now()).message),
    ).rejects.toThrow('came from somebody else');
  });

  it('that does not come is given up in time', async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(
      readRecords({ host: '127.0.0.1', port }, 'db.ha.test', ['A'], 100),
    ).rejects.toMatchObject({
      code: 'silent',
      message: expect.stringContaining('100 ms') as string,
    });
  });
});

describe('the value of a record', () => {
  it.each([
    ['A', '10.0.0.1', '10.0.0.1'],
    ['AAAA', '2001:DB8:0:0::1', '2001:db8::1'],
    ['AAAA', '::ffff:10.0.0.1', '::ffff:a00:1'],
    ['CNAME', 'DB-1.Internal.', 'db-1.internal'],
    ['TXT', 'belay: timeline 2 of 7', 'belay: timeline 2 of 7'],
  ] as const)('%s %s is read as it was written', (type, written, plain) => {
    const data = encodeValue(recordTypes[type], written);
    expect(readValue(data, recordTypes[type], 0, data.length)).toBe(plain);
  });
});

describe('a key of tsig-keygen', () => {
  it('is read with its comments, and refused without saying what it is', () => {
    const text =
      '# of belay\nkey "k.example" {\n  algorithm HMAC-SHA512; // strong\n  secret "YQ==";\n};';
    expect(readKey(text)).toEqual({
      ...{ name: 'k.example', algorithm: 'hmac-sha512' },
      secret: Buffer.from('a'),
    });
    expect(() => readKey('c2VjcmV0')).toThrow('not in the form of tsig-keygen');
    expect(() => readKey(text.replace('SHA512', 'MD5'))).toThrow(
      'key k.example has an algorithm that is not accepted; accepted: hmac-sha256, hmac-sha384, hmac-sha512',
    );
  });
});
