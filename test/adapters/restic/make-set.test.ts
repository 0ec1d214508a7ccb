import { describe, expect, test } from 'vitest';
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

interface Listed {
  id: string;
  original?: string;
  tags: string[];
}

/** A repository in memory, as restic answers for it. */
class FakeRestic {
  snapshots: Listed[] = [];
  backupExit = 0;
  /** What the next calls of `restic tag` do instead. */
  readonly tagAnswers: ('locked' | 'dies' | 'keeps the old one')[] = [];
  #backup: ToolAnswer | undefined;

  readonly tools: Tools = {
    act: async (_act, _name, { argv }) => {
      this.#backup ??= this.#backUp(argv);
      const times = { startedAtMs: 1, endedAtMs: 2, stdoutBytes: 0, stderrBytes: 0 };
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
    const said = 'unable to create lock in backend: repository is already locked by PID 7';
    if (next === 'locked') return { exitCode: 1, stdout: '', stderr: said };
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
});
