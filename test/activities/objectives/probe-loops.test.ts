import { expect, test } from 'vitest';
import { ProbeLoop } from '../../../activities/objectives/support/probe-loops.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

const source = {
  ...{ of: 'tcp' as const, host: 'shop', port: 80 },
  ...{ timeoutMs: 5_000, everyMs: 15_000 },
};

/** A probe each 15 s of a clock that a test moves; answers are given one by one. */
function probing(startMs: number) {
  const controller = new AbortController();
  const world = { nowMs: startMs, answer: undefined as ((isGood: boolean) => void) | undefined };
  const loop = new ProbeLoop(
    { ...objectiveOf(), source },
    {
      readers: {
        probe: () =>
          new Promise((resolve) => {
            world.answer = resolve;
          }),
      },
      now: () => world.nowMs,
      sleep: async (ms) => {
        world.nowMs += ms;
      },
      signal: controller.signal,
    },
  );
  const running = loop.run();
  const answer = async (isGood: boolean) => {
    world.answer?.(isGood);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { loop, running, world, controller, answer };
}

test('an answer that is late is added to its minute, which is handed out again in full', async () => {
  const { loop, running, world, controller, answer } = probing(0);
  for (let sent = 0; sent < 3; sent++) await answer(false);
  world.nowMs = 60_250;
  expect(loop.takeBefore(world.nowMs)).toMatchObject([{ bad: 3, coverageMs: 45_000 }]);
  await answer(false);
  world.nowMs = 120_250;
  expect(loop.takeBefore(world.nowMs)[0]).toMatchObject({ atMs: 0, bad: 4, coverageMs: 60_000 });
  controller.abort();
  await answer(false);
  await running;
});

test('a probe that was cancelled says nothing of its service', async () => {
  const { loop, running, world, controller, answer } = probing(0);
  controller.abort();
  await answer(false);
  await running;
  world.nowMs = 60_000;
  expect(loop.takeBefore(world.nowMs)).toEqual([]);
});
