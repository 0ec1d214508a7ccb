import { beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { minuteAt, objectiveOf, readingAt } from '../../fixtures/objective.ts';

const environment = 'prod';
const noon = Date.UTC(2026, 10, 30, 12);
const objective = objectiveOf();
const { name } = objective;
const all = { environment, fromMs: noon, untilMs: noon + 2 * hourMs };

/** What every store of minutes does, in whatever it keeps them. */
export function describeObjectives(what: string, open: () => Promise<ObjectiveStore>): void {
  describe(what, () => {
    let store: ObjectiveStore;
    beforeEach(async () => {
      store = await open();
    });

    const write = (found: readonly Minute[], hourAtMs = noon, of = name) =>
      store.updateHours(environment, [{ objective: of, atMs: hourAtMs }], (known) =>
        updateHour(objective, known, found),
      );

    it('knows no minute before the first one', async () => {
      expect(await store.listMinutes(all)).toEqual(new Map());
      expect(await store.sumHours(all)).toEqual(new Map());
      expect(await store.readState(environment)).toBeUndefined();
    });

    it('keeps minutes as they were counted, and adds hours up', async () => {
      const minutes = [
        minuteAt(noon, 100, 1),
        minuteAt(noon + minuteMs, 33, 0, { coverageMs: 0, quality: 'spread', why: 'two minutes' }),
      ];
      await write(minutes);
      await write([minuteAt(noon + hourMs, 7)], noon + hourMs);
      expect(await store.listMinutes(all)).toEqual(
        new Map([[name, [...minutes, minuteAt(noon + hourMs, 7)]]]),
      );
      const second = { ...all, fromMs: noon + minuteMs, untilMs: noon + 2 * minuteMs };
      expect((await store.listMinutes(second)).get(name)).toEqual(minutes.slice(1));
      const hours = await store.listHours(all);
      expect(hours.map(({ atMs, tally }) => [atMs, tally.good])).toEqual([
        [noon, 133],
        [noon + hourMs, 7],
      ]);
      expect((await store.sumHours(all)).get(name)).toEqual({
        ...{ ...emptyTally, good: 140, bad: 1, busiest: 101 },
        ...{ badMs: minuteMs, goodMs: minuteMs, noDataMs: 118 * minuteMs },
        unknownMs: 117 * minuteMs,
      });
    });

    it('knows the first hour of a time, and the last one that has data', async () => {
      const silent = minuteAt(noon + 2 * hourMs, 0, 0, { quality: 'none', coverageMs: 0 });
      await write([minuteAt(noon, 0, 0)]);
      await write([minuteAt(noon + hourMs, 7)], noon + hourMs);
      await write([silent], silent.atMs);
      await write([silent], silent.atMs, 'silent');
      const filter = { ...all, untilMs: noon + 3 * hourMs, objectives: [name, 'silent', 'never'] };
      expect(await store.listExtents(filter)).toEqual(
        new Map([
          [name, { firstMs: noon, dataMs: noon + hourMs }],
          ['silent', { firstMs: silent.atMs }],
        ]),
      );
      const first = { ...filter, untilMs: noon + hourMs };
      expect((await store.listExtents(first)).get(name)).toEqual({ firstMs: noon, dataMs: noon });
    });

    it('keeps what was corrected as it was', async () => {
      await write([minuteAt(noon, 100, 1)]);
      await write([minuteAt(noon, 120, 1)]);
      const found = await store.listCorrected(all);
      expect(found).toMatchObject([{ objective: name, minute: minuteAt(noon, 100, 1) }]);
      expect((await store.listMinutes(all)).get(name)).toEqual([
        minuteAt(noon, 120, 1, { version: 2 }),
      ]);
    });

    it('loses no minute of several writers at once', async () => {
      const indexes = Array.from({ length: 20 }, (_, index) => index);
      await Promise.all(indexes.map((index) => write([minuteAt(noon + index * minuteMs, index)])));
      const minutes = (await store.listMinutes(all)).get(name) ?? [];
      expect(minutes.map(({ good }) => good)).toEqual(indexes);
    });

    it('writes the minutes of 1,000 objectives at once', async () => {
      const hours = Array.from({ length: 1_000 }, (_, index) => ({
        ...{ objective: `objective-${index}`, atMs: noon },
      }));
      await store.updateHours(environment, hours, (known) =>
        updateHour(objective, known, [minuteAt(noon, 5)]),
      );
      expect((await store.sumHours(all)).size).toBe(1_000);
      const some = { ...all, objectives: hours.map((each) => each.objective).slice(0, 700) };
      expect((await store.sumHours(some)).size).toBe(700);
    });

    it('keeps the reading that the next difference is taken from', async () => {
      const reading = readingAt(noon, { pod: { sinceMs: 1, total: 5, bad: 0 } });
      await store.writeReadings(environment, new Map([[name, readingAt(0, {})]]));
      await store.writeReadings(environment, new Map([[name, reading]]));
      expect(await store.listReadings(environment)).toEqual(new Map([[name, reading]]));
    });

    it('forgets the readings of objectives that are no longer measured', async () => {
      const reading = readingAt(noon, {});
      await store.writeReadings(
        environment,
        new Map([
          [name, reading],
          ['gone', reading],
        ]),
      );
      await store.writeReadings('test', new Map([['gone', reading]]));
      await store.keepReadings(environment, [name]);
      expect([...(await store.listReadings(environment)).keys()]).toEqual([name]);
      expect((await store.listReadings('test')).size).toBe(1);
    });

    it('is written by the attempt that was scheduled last', async () => {
      expect(await store.claimMonitor(environment, 5)).toBe(true);
      await store.writeState({ environment, atMs: 1, standings: [] });
      expect(await store.claimMonitor(environment, 5)).toBe(true);
      expect(await store.claimMonitor(environment, 9)).toBe(true);
      expect(await store.claimMonitor(environment, 5)).toBe(false);
      await store.writeState({ environment, atMs: 2, standings: [] });
      expect(await store.claimMonitor(environment, 5)).toBe(false);
      expect(await store.claimMonitor(environment, 9)).toBe(true);
    });

    it('opens a violation once, and what is closed stays closed', async () => {
      const violation: Violation = {
        ...{ objective: name, service: 'shop', kind: 'breach', openedAtMs: noon, reason: 'down' },
      };
      await store.writeViolations(environment, [violation, violation].slice(1));
      await store.writeViolations(environment, [violation]);
      expect(await store.listViolations({ environment })).toEqual([violation]);
      const closed = { ...violation, closedAtMs: noon + minuteMs };
      await store.writeViolations(environment, [closed]);
      await store.writeViolations(environment, [violation]);
      expect(await store.listViolations({ environment })).toEqual([]);
      const listed = await store.listViolations({
        ...{ environment, objectives: [name] },
        closed: { fromMs: noon, untilMs: noon + hourMs },
      });
      expect(listed).toEqual([closed]);
    });

    it('puts what is known later of a time in the place of what was spent in it', async () => {
      const spent = { objective: name, fromMs: noon, untilMs: noon + minuteMs, bad: 4 };
      const later = { ...spent, fromMs: noon + 5 * minuteMs, untilMs: noon + 6 * minuteMs };
      await store.writeSpending(all, [
        { ...spent, cause: 'unknown' },
        { ...later, cause: 'unknown' },
      ]);
      const known = { ...spent, cause: 'chaos', runRef: 'chaos/prod/web@1' } as const;
      await store.writeSpending(all, [known]);
      expect(await store.listSpending(all)).toEqual([known]);
    });

    it('keeps how the objectives of each environment stand', async () => {
      await store.writeState({ environment, atMs: 1, standings: [] });
      await store.writeState({ environment, atMs: 2, standings: [] });
      expect(await store.readState(environment)).toEqual({ environment, atMs: 2, standings: [] });
      expect(await store.listStates()).toHaveLength(1);
    });

    it('finds the exclusions of a time', async () => {
      const exclusion = {
        ...{ id: 'one', environment, fromMs: noon, untilMs: noon + hourMs },
        ...{ why: 'new disks', by: 'ana', announcedAtMs: noon - hourMs },
      };
      await store.writeExclusion(exclusion);
      expect(await store.listExclusions(all)).toEqual([exclusion]);
      expect(await store.listExclusions({ ...all, fromMs: noon + hourMs })).toEqual([]);
    });

    it('changes an exclusion only as it was read, so that of two approvals one counts', async () => {
      const exclusion = {
        ...{ id: 'one', environment, fromMs: noon, untilMs: noon + hourMs },
        ...{ why: 'new disks', by: 'ana', announcedAtMs: noon - hourMs },
      };
      await store.writeExclusion(exclusion);
      const [known = exclusion] = await store.listExclusions(all);
      const approved = (approvedBy: string) => ({ ...known, approvedBy });
      expect(await store.changeExclusion(known, approved('bo'))).toBe(true);
      expect(await store.changeExclusion(known, approved('cy'))).toBe(false);
      expect(await store.listExclusions(all)).toEqual([approved('bo')]);
    });

    it('forgets minutes of long ago', async () => {
      await write([minuteAt(noon, 100)]);
      await write([minuteAt(noon + hourMs, 7)], noon + hourMs);
      expect(await store.pruneMinutes(environment, noon + hourMs)).toBe(1);
      expect((await store.sumHours(all)).get(name)?.good).toBe(7);
    });
  });
}
