import { describe, expect, it } from 'vitest';
import { ScriptedRollouts } from '../../../fixtures/scripted-rollouts.ts';
import { held, notReady, refused } from '../../../fixtures/scripted-activities.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

describe('a rollout that waits for somebody', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it('reminds of a failed undo once a day until it is answered', async () => {
    const shop = rollouts()
      .service()
      .script('watchHold', held('fail'))
      .script('restoreStable', refused('no such route'), undefined);
    shop.settings = { ...shop.settings, notifies: true };
    const run = await rollouts().start(shop);
    await run.until('undo-failed');
    await run.sleep('73 hours');
    const reminders = shop.notifications.filter(({ event }) => event === 'undo-failed');
    expect(reminders.map(({ title }) => title.replace(/.*needed/, ''))).toEqual([
      '',
      ' (for 1d now)',
      ' (for 2d now)',
      ' (for 3d now)',
    ]);
    expect(new Set(reminders.map(({ id }) => id)).size).toBe(4);
    await run.send('retry');
    await run.report();
    expect(shop.notifications.at(-1)?.event).toBe('failed');
  });

  it('reminds of a promotion that is stuck, and stays small for a month', async () => {
    const shop = rollouts()
      .service()
      .script('promoteCanary', 'under-way')
      .script('awaitStableComplete', notReady('no room'));
    shop.settings = { ...shop.settings, notifies: true };
    const run = await rollouts().start(shop);
    await run.until('stuck');
    await run.sleep('721 hours');
    expect(shop.notifications.filter(({ event }) => event === 'stuck')).toHaveLength(31);
    expect((await run.handle.describe()).historyLength).toBeLessThan(500);
    await run.handle.terminate();
  });

  it('spaces watches that end at once, so that a month of them stays within the limits', async () => {
    const shop = rollouts()
      .service()
      .script('watchHold', held('inconclusive', { atDeadline: false }));
    const run = await rollouts().start(shop);
    await run.until('inconclusive');
    await run.sleep('1 day');
    expect(shop.watches.length).toBeLessThan(65);
    expect((await run.handle.describe()).historyLength).toBeLessThan(1000);
    await run.handle.terminate();
  });
});
