import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Breaker, type BreakerChange } from '../../../src/adapters/breakers/breaker.ts';
import { BreakerOpen } from '../../../src/adapters/breakers/breaker-open.ts';
import { bypassBreaker } from '../../../src/adapters/breakers/bypass-breaker.ts';
import type { ClassifyCall } from '../../../src/contracts/kernel/breakers.ts';

const settings = { failures: 5, openMs: 60_000, successes: 2 };
const judge: ClassifyCall<string> = (outcome) => {
  if ('value' in outcome) return 'ok';
  const { message } = outcome.error as Error;
  return message === 'called off' ? 'ignored' : { failed: message };
};
let changes: BreakerChange[];
let breaker: Breaker;

beforeEach(() => {
  vi.useFakeTimers();
  changes = [];
  breaker = new Breaker('shop', settings, (change) => changes.push(change));
});
afterEach(() => {
  vi.useRealTimers();
});

const succeed = () => breaker.run(() => Promise.resolve('done'), judge);
const fail = (message = 'no answer') =>
  breaker.run(() => Promise.reject(new Error(message)), judge).catch((error: unknown) => error);
const failTimes = async (times: number) => {
  for (let i = 0; i < times; i += 1) await fail();
};
const state = () => breaker.report().state;
const calls = () => {
  const { successes, failures, rejected } = breaker.report();
  return { successes, failures, rejected };
};

test('four failures in a row leave it closed, the fifth opens it', async () => {
  await failTimes(4);
  expect(state()).toBe('closed');
  await fail();
  expect(state()).toBe('open');
  expect(breaker.report()).toMatchObject({ opened: 1, lastFailure: { reason: 'no answer' } });
});

test('an answer between failures begins the count again', async () => {
  await failTimes(4);
  await succeed();
  await failTimes(4);
  expect(state()).toBe('closed');
});

test('a call that was called off counts as neither', async () => {
  await failTimes(4);
  await fail('called off');
  await fail('called off');
  expect(state()).toBe('closed');
  await fail();
  expect(state()).toBe('open');
});

test('while it is open nobody is asked, and who wanted to learns why and until when', async () => {
  await failTimes(5);
  const call = vi.fn(() => Promise.resolve('done'));
  const refused = await breaker.run(call, judge).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BreakerOpen);
  expect(refused).toMatchObject({ retryInMs: 1_000 });
  expect((refused as Error).message).toBe(
    'shop is not called now: it failed repeatedly, last because no answer; next try in 1s',
  );
  expect(call).not.toHaveBeenCalled();
  expect(calls()).toEqual({ successes: 0, failures: 5, rejected: 1 });
});

test('it stays open twice as long after each try that fails, and never more than a minute', async () => {
  await failTimes(5);
  for (const lastsMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    expect(breaker.report().retryInMs).toBe(lastsMs);
    vi.advanceTimersByTime(lastsMs - 1);
    expect(await fail()).toBeInstanceOf(BreakerOpen);
    vi.advanceTimersByTime(1);
    expect(state()).toBe('half-open');
    expect(await fail()).not.toBeInstanceOf(BreakerOpen);
  }
});

test('after two answers it is closed, after one it is not', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  await succeed();
  expect(state()).toBe('half-open');
  await succeed();
  expect(state()).toBe('closed');
  await failTimes(4);
  expect(state()).toBe('closed');
});

test('a failure on trial opens it again at once', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  await succeed();
  await fail();
  expect(state()).toBe('open');
  expect(breaker.report().opened).toBe(2);
});

test('a try that is called off neither closes nor opens it', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  await fail('called off');
  expect(state()).toBe('half-open');
  await succeed();
  expect(state()).toBe('half-open');
  await succeed();
  expect(state()).toBe('closed');
});

test('one call tries, the others are turned away at once and do not wait for it', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  let answer: (text: string) => void = () => {};
  const trying = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)), judge);
  expect(await fail()).toBeInstanceOf(BreakerOpen);
  answer('done');
  expect(await trying).toBe('done');
  expect(calls()).toEqual({ successes: 1, failures: 5, rejected: 1 });
});

test('a call from before it opened tells nothing about what came after', async () => {
  let answer: (text: string) => void = () => {};
  const early = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)), judge);
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  await succeed();
  answer('done');
  await early;
  expect(state()).toBe('half-open');
});

test('what is urgent is asked though it is open, and an answer lets the next call through', async () => {
  await failTimes(5);
  expect(await bypassBreaker(() => fail('still silent'))).toMatchObject({
    message: 'still silent',
  });
  expect(state()).toBe('open');
  expect(await bypassBreaker(succeed)).toBe('done');
  expect(state()).toBe('half-open');
  await succeed();
  await succeed();
  expect(state()).toBe('closed');
});

test('what is urgent does not wait for the call that tries', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  const trying = breaker.run(() => new Promise<string>(() => {}), judge);
  expect(await bypassBreaker(succeed)).toBe('done');
  void trying;
});

test('a clock that is set back does not keep it open', async () => {
  await failTimes(5);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(await succeed()).toBe('done');
});

test('reset closes it, and begins the count and the doubling again', async () => {
  await failTimes(5);
  vi.advanceTimersByTime(1_000);
  await fail();
  breaker.reset();
  expect(state()).toBe('closed');
  await failTimes(4);
  expect(state()).toBe('closed');
  await fail();
  expect(breaker.report()).toMatchObject({ state: 'open', retryInMs: 1_000 });
});

test('each change is told once, with what failed', async () => {
  await failTimes(6);
  vi.advanceTimersByTime(1_000);
  await succeed();
  await succeed();
  expect(changes).toEqual(
    ['open', 'half-open', 'closed'].map((state) => ({
      ...{ dependency: 'shop', state, reason: 'no answer' },
    })),
  );
});

test('a reason is one line of bounded length', async () => {
  await fail(`a\n${'b'.repeat(1_000)}`);
  expect(breaker.report().lastFailure?.reason).toMatch(/^a b{298}$/);
});
