import { mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worksIn } from '../../../../src/adapters/pgbackrest/search/works-in.ts';

describe('whether the server that a folder names runs in it', () => {
  let data: string;

  beforeAll(async () => {
    data = await realpath(await mkdtemp(join(tmpdir(), 'belay-works-in-')));
    await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`);
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  it('is no where another process has its number, or none has', async () => {
    expect(await worksIn(data)).toBe('no');
    expect(await worksIn(data, failing('ENOENT'))).toBe('no');
    expect(await worksIn(data, failing('ESRCH'))).toBe('no');
    expect(await worksIn(join(data, 'nowhere'))).toBe('no');
  });

  it('is no where a process of somebody else has its number, wherever that works', async () => {
    const other = (await stat(data)).uid + 1;
    expect(await worksIn(data, failing('EACCES'), () => Promise.resolve(other))).toBe('no');
    expect(await worksIn(data, failing('EACCES'), failing('EACCES'))).toBe('unseen');
  });

  it('is yes where it works there, and not known where the agent may not see it', async () => {
    expect(await worksIn(data, () => Promise.resolve(data))).toBe('yes');
    expect(await worksIn(data, failing('EACCES'))).toBe('unseen');
    expect(await worksIn(data, failing('EPERM'))).toBe('unseen');
  });
});
