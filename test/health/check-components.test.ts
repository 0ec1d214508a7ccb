import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkComponents, type Component } from '../../src/health/check-components.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const component = (ask: Component['ask'], over: Partial<Component> = {}): Component => ({
  ...{ name: 'temporal', isRequired: true, ask },
  ...over,
});
const checking = (...components: Component[]) => checkComponents(async () => components);

test('many probes within a second ask a component once', async () => {
  const ask = vi.fn(async () => '1.32.0');
  const check = checking(component(ask));
  const [first] = await Promise.all([check(), check(), check()]);
  vi.advanceTimersByTime(999);
  await check();
  expect(ask).toHaveBeenCalledTimes(1);
  expect(first).toMatchObject([{ name: 'temporal', state: 'up', detail: '1.32.0', agoMs: 0 }]);
  vi.advanceTimersByTime(1);
  await check();
  expect(ask).toHaveBeenCalledTimes(2);
});

test('one that is silent is down after two seconds, which is less than a probe waits', async () => {
  const check = checking(component(() => new Promise(() => {})));
  const checked = check();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await checked).toMatchObject([
    { state: 'down', latencyMs: 2_000, reason: 'it did not answer within 2s' },
  ]);
});

test('one that is slow does not hide how another one is', async () => {
  const slow = component(() => new Promise(() => {}), { name: 'prometheus', isRequired: false });
  const check = checking(
    component(async () => '1.32.0'),
    slow,
  );
  const checked = check();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await checked).toMatchObject([{ state: 'up' }, { state: 'down' }]);
});

test('while one is down its last answer is shown as such, with its age', async () => {
  let isUp = true;
  const check = checking(
    component(() => (isUp ? Promise.resolve('1.32.0') : Promise.reject(new Error('refused')))),
  );
  await check();
  isUp = false;
  vi.advanceTimersByTime(5_000);
  expect(await check()).toMatchObject([
    { state: 'down', reason: 'refused', lastAnswer: { detail: '1.32.0', agoMs: 5_000 } },
  ]);
});
