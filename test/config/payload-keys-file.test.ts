import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/load-config.ts';
import { readPayloadKeys } from '../../src/config/payload-keys-file.ts';
import { keyLine, writeKeys } from '../fixtures/payload-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(file: string): string {
  try {
    readPayloadKeys(file);
  } catch (error) {
    if (error instanceof InvalidConfig) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the file of payload keys', () => {
  it('holds a key a line, in the order they are written, with remarks between', () => {
    const file = writeKeys(join(folder, 'good'), '# 2026', keyLine('b'), '', keyLine('a'));
    const keys = readPayloadKeys(file);
    expect(keys.map(({ id, secret }) => [id, secret.length])).toEqual([
      ['b', 32],
      ['a', 32],
    ]);
  });

  it('is refused with every bad line, and shows nothing of a key', () => {
    const secret = keyLine('x').slice(2);
    const file = writeKeys(
      join(folder, 'bad'),
      secret,
      `two words:${secret}`,
      `short:${Buffer.from('sixteen bytes ok').toString('base64')}`,
      `cut:${secret.slice(0, -3)}`,
      keyLine('twice'),
      keyLine('twice'),
    );
    const message = problemsOf(file);
    expect(message.replaceAll(file, 'FILE')).toMatchInlineSnapshot(`
      "These settings cannot be used:
        BELAY_PAYLOAD_KEYS_FILE: FILE: line 1: write "id:key", as belay keys new prints it
        BELAY_PAYLOAD_KEYS_FILE: FILE: line 2: a key ID has 1 to 32 letters, digits, ".", "_" and "-"
        BELAY_PAYLOAD_KEYS_FILE: FILE: line 3: the key of short has 16 bytes, not 32
        BELAY_PAYLOAD_KEYS_FILE: FILE: line 4: the key of cut is not base64
        BELAY_PAYLOAD_KEYS_FILE: FILE: line 6: the key ID twice was used above"
    `);
    expect(message).not.toContain(secret.slice(0, 8));
  });

  it('is refused where everybody on the machine may read it', () => {
    const file = writeKeys(join(folder, 'open'), keyLine('a'));
    chmodSync(file, 0o644);
    expect(problemsOf(file)).toContain(`has mode 0644: everybody on the machine may read it`);
    chmodSync(file, 0o440);
    expect(readPayloadKeys(file)).toHaveLength(1);
  });

  it.each([
    ['missing', undefined, /cannot be read \(ENOENT\)/],
    ['empty', '# none yet', /it holds no key; append one with: belay keys new/],
  ])('is refused where it is %s', (name, text, problem) => {
    const file = join(folder, name);
    if (text !== undefined) writeKeys(file, text);
    expect(problemsOf(file)).toMatch(problem);
  });
});
