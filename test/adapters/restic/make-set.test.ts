import { describe, expect, test, vi } from 'vitest';
import { createResticProvider } from '../../../src/adapters/restic/restic-provider.ts';
import { makeSet } from '../../../src/adapters/restic/make-set.ts';
import { openTool } from '../../../src/adapters/restic/repositories.ts';
import type { ToolAnswer, ToolRun, Tools } from '../../../src/contracts/backups/provider.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const act = { runRef: 'run-1', step: 1 };
const about = {
  ...{ contract: agentContract, agent: 'files-1', repository: 'main' },
  plan: { environment: 'prod', backup: 'shop' },
  component: {
    ...{ name: 'uploads', agent: 'files-1', repositories: ['main'] },
    source: { kind: 'files' as const, paths: ['/srv'], exclude: [] },
  },
};
const repositories = [
  { name: 'main', location: '/srv/main', program: 'restic', environment: {}, secrets: {} },
];

const lockedSaid = 'unable to create lock in backend: repository is already locked by PID 7';
const lock = JSON.stringify({
  ...{ time: new Date().toISOString(), exclusive: false, hostname: 'files-9' },
  ...{ username: 'cron', pid: 7 },
});

interface Listed {
  id: string;
  original?: string;
  tags: string[];
}

/** A repository in memory, as restic answers for it. */
class FakeRestic {
  snapshots: Listed[] = [];
  backupExit = 0;
  endedAtMs = Date.now();
  isForgetLocked = false;
  /** What the next calls of `restic tag` do instead. */
  readonly tagAnswers: ('locked' | 'dies' | 'keeps the old one')[] = [];
  #backup: ToolAnswer | undefined;

  readonly tools: Tools = {
    act: async (_act, _name, { argv }) => {
      this.#backup ??= this.#backUp(argv);
      const times = { startedAtMs: 1, endedAtMs: this.endedAtMs, stdoutBytes: 0, stderrBytes: 0 };
      return { ending: 'exited', ...this.#backup, ...times };
    },
    read: async (tool) => this.#read(tool),
    stop: async () => undefined,
  };

  make() {
    const tool = openTool(this.tools, { repositories }, 'main');
    const files = { paths: ['/srv'], exclude: [] };
    return makeSet(tool, { ...about, act, type: 'full', files }, attempt);
  }

  async sets() {
    const provider = createResticProvider(this.tools, { repositories, paths: ['/srv'] });
    return (await provider.readRepository(about, attempt)).sets;
  }

  #backUp(argv: readonly string[]): ToolAnswer {
    const tags = argv.filter((one) => one.startsWith('--tag=')).map((one) => one.slice(6));
    this.snapshots.push({ id: 'aaaa1111', tags });
    const summary = { message_type: 'summary', snapshot_id: 'aaaa1111', total_duration: 1 };
    return { exitCode: this.backupExit, stdout: JSON.stringify(summary), stderr: '' };
  }

  #read({ argv }: ToolRun): ToolAnswer {
    const answer = (stdout = '', exitCode = 0, stderr = '') => ({ exitCode, stdout, stderr });
    if (argv.includes('forget') && this.isForgetLocked) return answer('', 11, lockedSaid);
    if (argv.includes('locks')) return answer('c'.repeat(64));
    if (argv.includes('lock')) return answer(lock);
    if (argv.includes('tag')) return this.#tag(argv.at(-1) ?? '', argv.at(-2) ?? '');
    if (argv.includes('stats'))
      return answer('{"total_size":6,"total_file_count":1,"snapshots_count":1}');
    if (!argv.includes('snapshots')) return answer();
    const time = '2026-11-29T08:00:00Z';
    return answer(
      JSON.stringify(this.snapshots.map((one) => ({ ...one, time, tree: 't', paths: ['/srv'] }))),
    );
  }

  #tag(id: string, tag: string): ToolAnswer {
    const next = this.tagAnswers.shift();
    if (next === 'dies') throw new Error('the agent was killed');
    if (next === 'locked') return { exitCode: 1, stdout: '', stderr: lockedSaid };
    const before = this.snapshots.find((one) => one.id === id)!;
    const after = { id: 'bbbb2222', original: before.original ?? id, tags: [...before.tags, tag] };
    const others = this.snapshots.filter((one) => one !== before);
    this.snapshots = [...others, ...(next === undefined ? [] : [before]), after];
    if (next === 'keeps the old one') throw new Error('the agent was killed');
    return { exitCode: 0, stdout: '', stderr: '' };
  }
}

describe('a set is whole only where its repository says so', () => {
  test('a whole one is returned as it is listed in the end, and again for the same act', async () => {
    const restic = new FakeRestic();
    const set = await restic.make();
    expect(set).toMatchObject({ label: 'bbbb2222', madeBy: 'run-1/1', bytes: 6 });
    expect(set.error).toBeUndefined();
    expect((await restic.make()).label).toBe('bbbb2222');
    expect(await restic.sets()).toMatchObject([{ label: 'bbbb2222', madeBy: 'run-1/1' }]);
    expect((await restic.sets())[0]?.error).toBeUndefined();
  });

  test('one of which something was unreadable never counts', async () => {
    const restic = new FakeRestic();
    restic.backupExit = 3;
    await expect(restic.make()).rejects.toThrow(/is partial, and does not count/);
    expect((await restic.sets())[0]?.error).toContain('nothing says that it is whole');
  });

  test('one that was saved before its agent died never counts, until the act is carried on', async () => {
    const restic = new FakeRestic();
    restic.tagAnswers.push('dies');
    await expect(restic.make()).rejects.toThrow('killed');
    expect((await restic.sets())[0]?.error).toContain('nothing says that it is whole');
    expect((await restic.make()).label).toBe('bbbb2222');
    expect((await restic.sets()).map(({ error }) => error)).toEqual([undefined]);
  });

  test('what an interrupted change of tags has left beside the whole one is not taken for it', async () => {
    const restic = new FakeRestic();
    restic.tagAnswers.push('keeps the old one');
    await expect(restic.make()).rejects.toThrow('killed');
    expect((await restic.make()).label).toBe('bbbb2222');
    expect(restic.snapshots).toHaveLength(2);
  });

  test('a repository that another backup has locked is waited for', async () => {
    const restic = new FakeRestic();
    restic.tagAnswers.push('locked');
    expect((await restic.make()).label).toBe('bbbb2222');
  });

  test('a repository that stays locked is waited for an hour from the end of the backup, and no longer', async () => {
    const restic = new FakeRestic();
    restic.endedAtMs = Date.now() - 3_601_000;
    restic.tagAnswers.push('locked');
    await expect(restic.make()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /^repository main is locked by somebody else \(.*process 7 of cron on files-9.*\): snapshot aaaa1111 has everything, but .*within 1h, so that it does not count\. Back up again/,
      ),
    });
  });
});

test('an expiry that a lock keeps out for long has expired nothing, and says who holds it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const restic = new FakeRestic();
    const { label } = await restic.make();
    restic.isForgetLocked = true;
    const tools: Tools = {
      ...restic.tools,
      read: (tool, one) => {
        vi.setSystemTime(Date.now() + 130_000);
        return restic.tools.read(tool, one);
      },
    };
    const provider = createResticProvider(tools, { repositories, paths: ['/srv'] });
    const expiring = provider.expireSets({ ...about, act, labels: [label] }, attempt);
    await expect(expiring).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/cron on files-9.*none of these sets was expired; the next/),
    });
    expect(await restic.sets()).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});
