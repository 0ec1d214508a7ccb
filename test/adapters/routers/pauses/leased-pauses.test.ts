import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepPause } from '../../../../src/adapters/routers/pauses/keep-pause.ts';
import { LeasedPauses } from '../../../../src/adapters/routers/pauses/leased-pauses.ts';
import {
  newPause,
  readKeepers,
  readPause,
  registerKeeper,
  writePause,
} from '../../../../src/adapters/routers/pauses/pause-files.ts';
import { untilNextTry } from '../../../../src/adapters/routers/pauses/try-again.ts';
import type { RouteFacts } from '../../../../src/contracts/recovery/routes.ts';
import { identify, isAlive } from '../../../../src/processes/identity.ts';
import { eventually } from '../../../fixtures/eventually.ts';

let folder: string;
let done: string[];
let keepers: ChildProcess[];
/** Whether another keeper was, whenever one was started. */
let alive: boolean[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-pauses-'));
  done = [];
  keepers = [];
  alive = [];
});

afterEach(async () => {
  for (const keeper of keepers) keeper.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Of an agent whose keepers do nothing, as if they were frozen. */
const agent = (failures = 0) =>
  new LeasedPauses({
    folder,
    resume: () => {
      failures -= 1;
      if (failures >= 0) return Promise.reject(new Error('PgBouncer is away'));
      done.push('resume');
      return Promise.resolve();
    },
    startKeeper: async (id) => {
      alive.push(
        (
          await Promise.all((await readKeepers(folder)).map(({ keeper }) => isAlive(keeper)))
        ).includes(true),
      );
      const child = spawn('/bin/sleep', ['60']);
      keepers.push(child);
      const keeper = await identify(child.pid ?? 0);
      if (keeper !== undefined) await registerKeeper(folder, { id, keeper });
    },
    giveUp: () => Promise.resolve(done.push('give up')),
    onError: (message) => done.push(message),
  });

const does = (what: string) => () => {
  done.push(what);
  return Promise.resolve({ detail: what, atMs: 0, isPaused: true, problems: [] } as RouteFacts);
};

describe('a pause that is leased', () => {
  it('ends by the agent where its keeper does not, and says until when it holds', async () => {
    const pauses = agent();
    const { heldUntilMs = 0 } = await pauses.hold({ id: 'a/1', forMs: 300 }, does('pause'));
    expect(heldUntilMs - Date.now()).toBeGreaterThan(0);
    await eventually(async () => {
      await Promise.resolve();
      expect(done).toEqual(['pause', 'resume']);
    });
    await eventually(async () => expect(await readKeepers(folder)).toEqual([]));
    expect(await readPause(folder)).toBeUndefined();
  });

  it('is never ended by an earlier one: its keeper is stopped before the next pause begins', async () => {
    const pauses = agent();
    await pauses.hold({ id: 'a/1', forMs: 200 }, does('pause a'));
    const [first] = await readKeepers(folder);
    await pauses.hold({ id: 'b/1', forMs: 60_000 }, async () => {
      expect(await isAlive(first!.keeper)).toBe(false);
      return does('pause b')();
    });
    await sleep(900);
    expect(done).toEqual(['pause a', 'pause b']);
    expect(alive).toEqual([false, false]);
    expect((await readKeepers(folder)).map(({ id }) => id)).toEqual(['b/1']);
  });

  it('does not begin where its keeper took longer to start than it may last: nobody would end it', async () => {
    await expect(agent().hold({ id: 'a/1', forMs: -1 }, does('pause'))).rejects.toThrow(
      'over before it had begun',
    );
    expect(done).toEqual([]);
  });

  it('is forgotten where clients are led on, or cut until somebody lets them go on', async () => {
    for (const end of ['switch', 'cut'] as const) {
      const pauses = agent();
      await pauses.hold({ id: 'a/1', forMs: 200 }, does('pause'));
      await (end === 'cut' ? pauses.hold(undefined, does(end)) : pauses.release(does(end)));
      expect(await readPause(folder)).toBeUndefined();
      expect(await readKeepers(folder)).toEqual([]);
    }
    await sleep(900);
    expect(done).toEqual(['pause', 'switch', 'pause', 'cut']);
  });

  it('is taken up by the next agent, also where it was over long ago', async () => {
    await writePause(folder, { ...newPause('a/1', 60_000), boot: 'another' });
    agent().takeUp();
    await eventually(async () => {
      await Promise.resolve();
      expect(done).toEqual(['resume']);
    });
  });

  it('is tried to be ended again where PgBouncer does not answer', async () => {
    const pauses = agent(1);
    await pauses.hold({ id: 'a/1', forMs: 100 }, does('pause'));
    await eventually(async () => {
      await Promise.resolve();
      expect(done.at(-1)).toBe('resume');
    });
    expect(done).toHaveLength(3);
  });
});

describe('the keeper of a pause', () => {
  const keep = (id: string, resume: () => Promise<unknown> = () => does('resume')()) =>
    keepPause({
      ...{ folder, id, resume, patience: { firstMs: 20, longestMs: 40, givesUpAfterMs: 150 } },
      giveUp: () => Promise.resolve(done.push('give up')),
      onError: () => done.push('again'),
    });

  it('lets clients go on once its time is over, and tries until that succeeds', async () => {
    await writePause(folder, newPause('a/1', 200));
    let isAway = true;
    await keep('a/1', () => {
      if (!isAway) return Promise.resolve(done.push('resume'));
      isAway = false;
      return Promise.reject(new Error('away'));
    });
    expect(done).toEqual(['again', 'resume']);
    expect(await readPause(folder)).toBeUndefined();
    expect(await readKeepers(folder)).toEqual([]);
  });

  it('does nothing where its pause has ended, or another one has begun', async () => {
    await keep('a/1');
    await writePause(folder, newPause('b/1', -1));
    await keep('a/1');
    expect(done).toEqual([]);
    expect((await readPause(folder))?.id).toBe('b/1');
  });

  it('leaves the next pause as it is, which has begun while it let clients go on', async () => {
    await writePause(folder, newPause('a/1', -1));
    await keep('a/1', () => writePause(folder, newPause('b/1', 60_000)));
    expect((await readPause(folder))?.id).toBe('b/1');
  });

  it('gives up where the router is gone, and claims its clients no more', async () => {
    await writePause(folder, newPause('a/1', -1));
    await keep('a/1', () => Promise.reject(new Error('away')));
    expect(done.length).toBeLessThan(9);
    expect(done.slice(-2)).toEqual(['again', 'give up']);
    expect(await readPause(folder)).toBeUndefined();
  });
});

describe('what is tried again', () => {
  it.each([
    [1, 0, 500],
    [3, 1_500, 2_000],
    [100, 3_599_999, 30_000],
    [101, 3_600_000, undefined],
  ])('after %i failures in %i ms waits %s ms', (times, forMs, expected) => {
    expect(untilNextTry({ times, forMs })).toBe(expected);
  });
});
