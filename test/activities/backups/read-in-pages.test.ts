import { describe, expect, it } from 'vitest';
import { readInPages } from '../../../activities/backups/support/read-in-pages.ts';
import type { BackupHost } from '../../../src/contracts/backups/backup-host.ts';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import { readPages } from '../../../workflows/backups/support/read-pages.ts';
import { component, contentsOf, plan, rangeOf, setAt } from '../../policies/backups/backup-sets.ts';

const sets = Array.from({ length: 10_000 }, (_, index) =>
  setAt(index * 1_000, { label: `${index}`.padStart(64, '0') }),
);
const wal = [rangeOf([1, 5], [0, 1])];
const foreign = [sets[7]?.label ?? '', 'of nobody'];
const about = { contract: 1, agent: 'db-1', plan, component, repository: 'main' };
const attempt = {} as Parameters<BackupHost['readRepository']>[1];

function host(contents: () => RepositoryContents) {
  const calls = { read: 0, pages: 0 };
  const start = () =>
    readInPages(() => {
      calls.read += 1;
      return Promise.resolve(contents());
    });
  return { calls, start };
}

describe('a large repository', () => {
  it('is read once, and handed out in pages that fit into a payload', async () => {
    const { calls, start } = host(() => contentsOf(sets, { wal, foreign, problems: ['locked'] }));
    const read = start();
    const sizes: number[] = [];
    const contents = await readPages(async (page) => {
      const answer = await read({ ...about, ...(page && { page }) }, attempt);
      sizes.push(JSON.stringify(answer).length);
      return answer;
    });
    expect(contents).toEqual(
      contentsOf(sets, { wal, foreign: foreign.slice(0, 1), problems: ['locked'] }),
    );
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
    expect(sizes.length).toBeGreaterThan(3);
    expect(calls.read).toBe(1);
  });

  it('is read anew where the agent was started anew between two pages', async () => {
    let readAtMs = 0;
    const { start } = host(() => contentsOf(sets, { readAtMs: ++readAtMs }));
    let read = start();
    let pages = 0;
    const contents = await readPages((page) => {
      if (++pages === 2) read = start();
      return read({ ...about, ...(page && { page }) }, attempt);
    });
    expect(contents).toEqual(contentsOf(sets, { readAtMs: 2 }));
  });
});
