import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBackups, type OpenBackups } from '../../../src/agent/backups/open-backups.ts';
import { copyName } from '../../../src/contracts/backups/store.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import { FakeProvider } from './fake-provider.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

let folder: string;
let fake: FakeProvider;
let backups: OpenBackups;
let problems: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-ending-'));
  fake = new FakeProvider();
  problems = [];
  const { tools, provider } = fake;
  backups = await openBackups({
    ...{ agent: 'db-1', tools },
    settings: {
      ...{ clusters: [], paths: [], scratch: { folder: join(folder, 'copies') } },
      repositories: [{ name: 'files', location: '/srv/restic', environment: {}, secrets: {} }],
    },
    providers: { postgres: provider, files: provider, kubernetes: provider, volumes: provider },
    onError: (message, error) => problems.push(`${message}: ${String(error)}`),
    sweptWithinMs: 300,
  });
});
afterEach(async () => {
  await backups.close();
  await rm(folder, { recursive: true, force: true });
});

const actOf = (step: number) => ({ runRef: 'restore/prod/shop/1', step });
const here = {
  ...{ contract: agentContract, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
  component: {
    ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
    source: { kind: 'files' as const, paths: ['/srv/uploads'], exclude: [] },
  },
};

async function restore(step: number, keepForMs = 3_600_000): Promise<string> {
  const act = actOf(step);
  const target = { target: { kind: 'set' }, into: { kind: 'copy' }, keepForMs } as const;
  await backups.restoreSet(
    { ...here, act, repository: 'files', label: 'aaaa', ...target },
    attempt,
  );
  return copyName(act);
}

test('what needs a stopped server is asked after everything else about the copy was ended', async () => {
  const copy = await restore(3);
  await backups.runCopy({ ...here, copy, act: actOf(4), forMs: 1_000 }, attempt);
  await backups.assertCopy({ ...here, copy, act: actOf(5), assertions: [] }, attempt);
  expect(fake.done.slice(-2)).toEqual(['stop restore/prod/shop/1/3', 'stop restore/prod/shop/1/4']);
});

test('a copy that takes long to be removed delays no other, and is gone on with', async () => {
  const slow = await restore(3, 1);
  const slowFolder = fake.folder ?? '';
  const { stop } = fake.tools;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  fake.tools.stop = async (act) => (act.step === 3 ? held : stop(act));
  await restore(4, 1);
  const otherFolder = fake.folder ?? '';
  await sleep(20);
  await backups.sweep();
  expect(existsSync(otherFolder)).toBe(false);
  expect(problems).toEqual([
    `copy ${slow}, whose time is over, takes long to be removed: it is gone on with: undefined`,
  ]);
  release();
  await expect.poll(() => existsSync(slowFolder)).toBe(false);
});
