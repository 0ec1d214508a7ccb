import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyFolders } from '../../../../src/adapters/pgbackrest/copies/copy-folder.ts';
import { untilOpen } from '../../../../src/adapters/pgbackrest/search/until-open.ts';

const patience = { pollMs: 1, quietMs: 3_600_000, consistentMs: 3_600_000 };

describe('the server of a copy that is to take connections', () => {
  let root: string;
  let logFile: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'belay-until-open-'));
    logFile = join(root, 'server.log');
    await writeFile(logFile, '');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const failed = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  const open = (connect: () => Promise<void>, more: Partial<typeof patience> = {}) =>
    untilOpen(
      { connect, checkIn: () => Promise.resolve(), folders: copyFolders(root), logFile },
      { ...patience, ...more },
    );

  it('is waited for while it starts', async () => {
    const answers = ['ENOENT', 'ECONNREFUSED', '57P03', '57P03'];
    await open(() => {
      const next = answers.shift();
      return next === undefined ? Promise.resolve() : failed(next);
    });
    expect(answers).toEqual([]);
  });

  it.each(['3D000', '28000', '28P01'])(
    'is not waited for where it will never take this one: %s',
    async (code) => {
      await expect(open(() => failed(code))).rejects.toThrow(code);
    },
  );

  it('is given up where it is consistent, and a set with many subtransactions keeps it closed', async () => {
    await appendFile(logFile, 'LOG:  consistent recovery state reached at 0/3000138\n');
    const closed = open(() => failed('57P03'), { consistentMs: 1 });
    await expect(closed).rejects.toThrow('a transaction with many subtransactions was open');
  });

  it('is waited for as long as its log grows, and given up where that stands still', async () => {
    let lines = 0;
    const waiting = open(
      async () => {
        lines += 1;
        if (lines <= 5) await appendFile(logFile, `restored log file ${lines}\n`);
        return failed('57P03');
      },
      { quietMs: 100 },
    );
    await expect(waiting).rejects.toThrow('is not consistent');
    expect(lines).toBeGreaterThan(5);
  });
});
