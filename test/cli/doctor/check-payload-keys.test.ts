import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPayloadKeys } from '../../../src/cli/doctor/check-payload-keys.ts';

const secret = Buffer.alloc(32, 7).toString('base64');

describe('belay doctor on payload keys', () => {
  let folder: string;
  let payloadKeysFile: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-keys-'));
    payloadKeysFile = join(folder, 'keys');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has nothing to say where nothing is encrypted', () => {
    expect(checkPayloadKeys({})).toEqual([]);
  });

  it('names the key that encrypts, and shows none', async () => {
    await writeFile(payloadKeysFile, `b:${secret}\na:${secret}\n`, { mode: 0o600 });
    const [finding] = checkPayloadKeys({ payloadKeysFile });
    expect(finding).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^2 in .*; b encrypts$/) as string,
    });
    expect(JSON.stringify(finding)).not.toContain(secret);
  });

  it('says what is wrong with the file', async () => {
    expect(checkPayloadKeys({ payloadKeysFile })).toMatchObject([
      { state: 'fail', detail: expect.stringContaining('cannot be read (ENOENT)') as string },
    ]);
  });
});
