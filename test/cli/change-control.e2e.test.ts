import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeControlState } from '../../src/contracts/kernel/change-control.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

describe('change control on the command line', () => {
  let machine: OneMachine;

  beforeAll(async () => {
    machine = await OneMachine.start();
  });
  afterAll(() => machine.stop());

  const freezes = async () => {
    const [state] = await machine.json<ChangeControlState[]>(['freezes', 'demo']);
    return state?.freezes ?? [];
  };

  it('shows that nothing is frozen where nobody has asked yet', async () => {
    const { exitCode, stdout } = await machine.belay(['freezes', 'demo']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing is frozen.');
    expect(stdout).toContain('No run holds a permit.');
  });

  it('refuses a deploy during a freeze, which an override goes ahead of', async () => {
    const until = '2030-12-24T18:00+01:00';
    const frozen = await machine.belay([
      ...['freeze', 'demo', '--why', 'Black Friday', '--as', 'ana', '--until', until],
    ]);
    expect(frozen.stdout).toContain('demo frozen until 2030-12-24 17:00 UTC (freeze 1).');
    expect(frozen.stdout).toContain('belay thaw demo --freeze 1');

    const file = await machine.spec('v1');
    const refused = await machine.belay(['deploy', '-f', file]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toBe(
      'demo is frozen by ana until 2030-12-24 17:00 UTC: "Black Friday" (freeze 1). Nothing was started or changed. ' +
        'To go ahead all the same, give a name and a reason, which are recorded: belay deploy --override-freeze --why REASON, ' +
        'or override: {by, why} in the spec. No freeze refuses a rollback or an abort.\n',
    );

    const unexplained = await machine.belay(['deploy', '-f', file, '--override-freeze']);
    expect(unexplained.exitCode).toBe(2);
    expect(unexplained.stderr).toContain('--override-freeze needs --why');

    const override = ['--override-freeze', '--why', 'checkout is down', '--as', 'bo'];
    // The run that was refused closes a moment after its answer.
    const ahead = await eventually(async () => {
      const ran = await machine.belay(['deploy', '-f', file, ...override, '-w']);
      expect(ran.exitCode, ran.stderr).not.toBe(4);
      return ran;
    });
    expect(ahead.exitCode, ahead.stderr).toBe(0);
    expect((await machine.belay(['report', 'shop'])).stdout).toContain(
      'overridden by bo: "checkout is down"',
    );
    expect((await machine.belay(['freezes'])).stdout).toMatch(
      /1 +demo +frozen until 2030-12-24 17:00 UTC.* ana +Black Friday/,
    );
  });

  it('keeps a calendar, and thaws the freeze that is named', async () => {
    const calendar = join(machine.folder, 'calendar.yaml');
    await writeFile(calendar, 'zone: Europe/Berlin\nevery: [Fri 16:00 to Mon 08:00]\n');
    const made = await machine.belay([
      ...['freeze', 'demo', '--why', 'nobody is in', '--service', 'shop', '--calendar', calendar],
    ]);
    expect(made.stdout).toContain(
      'demo/shop frozen every Fri 16:00 to Mon 08:00 (Europe/Berlin), until it is thawed (freeze 2).',
    );
    expect(made.stdout).toMatch(/next +\d{4}-\d\d-\d\d \d\d:00 UTC/);

    const which = await machine.belay(['thaw', 'demo']);
    expect(which.exitCode).toBe(1);
    expect(which.stderr).toContain('demo has 2 freezes');
    expect((await machine.belay(['thaw', 'demo', '--freeze', '1'])).exitCode).toBe(0);
    expect(await freezes()).toMatchObject([{ id: 2, services: ['shop'] }]);
    expect((await machine.belay(['thaw', 'demo'])).stdout).toContain('nothing is frozen now');
  });

  it.each([
    [['--until', '2030-12-24T18:00'], 'has no offset, so it is another moment in each time zone'],
    [['--for', '2'], 'Write a number and s, m, h or d'],
    [['--every', 'weekends Europe/Berln'], '"Europe/Berln" is not a time zone'],
    [['--service', 'Shop!'], '"Shop!" can be no service'],
  ])('refuses a freeze with %s, and says what is accepted', async (options, reason) => {
    const { exitCode, stderr } = await machine.belay(['freeze', 'demo', '--why', 'x', ...options]);
    expect(stderr).toContain(reason);
    expect(exitCode).toBe(2);
    expect(await freezes()).toEqual([]);
  });

  it('engages and releases the safety lever', async () => {
    const engaged = await machine.belay(['lever', 'engage', 'demo', '--why', 'checkout is down']);
    expect(engaged.stdout).toContain('The safety lever of demo is engaged');
    expect((await machine.belay(['lever'])).stdout).toMatch(
      /^demo: The safety lever is engaged by .*: checkout is down \(belay lever release demo\)/,
    );
    expect((await machine.belay(['lever', 'release', 'demo'])).exitCode).toBe(0);
    const again = await machine.belay(['lever', 'release', 'demo']);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toBe('The safety lever of demo is not engaged.\n');
  });
});
