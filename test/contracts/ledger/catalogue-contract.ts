import { beforeEach, describe, expect, it } from 'vitest';
import { createCatalogueActivities } from '../../../activities/backups/catalogue.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type {
  Catalogue,
  CatalogueActivities,
  CatalogueFact,
} from '../../../src/contracts/backups/catalogue.ts';
import {
  at,
  component,
  contentsOf,
  dayMs,
  plan,
  proven,
  rangeOf,
  setAt,
  verified,
} from '../../policies/backups/backup-sets.ts';

const runRef = 'backup/prod/shop@1';
const monday = setAt('2026-11-23T02:00Z', { label: 'monday' });
const tuesday = setAt('2026-11-24T02:00Z', { label: 'tuesday' });
const readAtMs = at('2026-11-25T00:00Z');

/** What a fact says, apart from the set that it is about. */
type Told<Fact = CatalogueFact> = Fact extends CatalogueFact
  ? Omit<Fact, 'environment' | 'backup' | 'component' | 'repository' | 'label'>
  : never;

function factOf({ repository, label }: BackupSet, told: Told): CatalogueFact {
  return { ...plan, component, repository, label, ...told };
}

function madeOf(set: BackupSet): CatalogueFact {
  return factOf(set, { kind: 'made', set, seen: { atMs: set.stoppedAtMs, runRef } });
}

/** What every catalogue does, in whatever it keeps its entries. */
export function describeCatalogue(what: string, open: () => Promise<Catalogue>): void {
  describe(what, () => {
    let catalogue: Catalogue;
    let activities: CatalogueActivities;
    beforeEach(async () => {
      catalogue = await open();
      activities = createCatalogueActivities(catalogue);
    });

    const entryOf = async (label: string) => {
      const [entry] = await activities.readCatalogue({ labels: [label], gone: true });
      return entry;
    };
    const labels = async (filter = {}) =>
      (await activities.readCatalogue(filter)).map(({ set }) => set.label);

    it('is empty before the first set', async () => {
      expect(await activities.readCatalogue({})).toEqual([]);
      expect(await catalogue.listRepositories()).toEqual([]);
    });

    it('has a set once, however often it is told of it, and all that is told of it', async () => {
      const facts = [
        madeOf(monday),
        factOf(monday, { kind: 'verified', verified: { ...verified, atMs: 5 } }),
        factOf(monday, { kind: 'proven', proven: { ...proven, atMs: 6 } }),
      ];
      await activities.recordFacts(facts);
      await activities.recordFacts(facts);
      expect(await activities.readCatalogue({})).toEqual([
        {
          ...{ ...plan, component, set: monday, replicated: [] },
          firstSeen: { atMs: monday.stoppedAtMs, runRef },
          ...{ verified: { ...verified, atMs: 5 }, proven: { ...proven, atMs: 6 } },
        },
      ]);
    });

    it('takes no state back for what arrives late', async () => {
      const expired = { atMs: 9, runRef, why: 'older than 30d' };
      const copy = { atMs: 8, runRef, repository: 'offsite', label: 'copy', equal: 'same tree' };
      await activities.recordFacts([
        madeOf(monday),
        factOf(monday, { kind: 'verified', verified: { ...verified, atMs: 7 } }),
        factOf(monday, { kind: 'replicated', replicated: copy }),
        factOf(monday, { kind: 'expired', expired }),
      ]);
      await activities.recordFacts([
        madeOf({ ...monday, error: 'late' }),
        factOf(monday, { kind: 'verified', verified: { ...verified, atMs: 6 } }),
        factOf(monday, { kind: 'replicated', replicated: { ...copy, atMs: 7, label: 'late' } }),
        factOf(monday, { kind: 'expired', expired: { ...expired, atMs: 10 } }),
      ]);
      expect(await entryOf('monday')).toMatchObject({
        ...{ verified: { atMs: 7 }, replicated: [{ label: 'copy' }], expired: { atMs: 9 } },
      });
      expect((await entryOf('monday'))?.set).toEqual(monday);
      expect(await labels()).toEqual([]);
      expect(await labels({ gone: true })).toEqual(['monday']);
    });

    it('refuses facts about sets that it does not know, and records the others', async () => {
      await expect(
        activities.recordFacts([madeOf(monday), factOf(tuesday, { kind: 'verified', verified })]),
      ).rejects.toThrow('does not know database/main/tuesday: compare it with the repository');
      expect(await labels()).toEqual(['monday']);
      const expired = { atMs: 9, runRef, why: 'older than 30d' };
      await activities.recordFacts([
        factOf(tuesday, { kind: 'expired', expired }),
        factOf(monday, { kind: 'expired', expired }),
      ]);
      expect(await labels({ gone: true })).toEqual(['monday']);
    });

    it('lists the oldest first, by plan, component and repository', async () => {
      const offsite = { ...monday, repository: 'offsite', label: 'copy' };
      await activities.recordFacts([madeOf(tuesday), madeOf(monday), madeOf(offsite)]);
      await activities.recordFacts([{ ...madeOf(monday), backup: 'wiki' }]);
      expect(await labels({ backup: 'shop' })).toEqual(['copy', 'monday', 'tuesday']);
      expect(await labels({ backup: 'shop', repository: 'main' })).toEqual(['monday', 'tuesday']);
      expect(await labels({ environment: 'prod', component: 'database' })).toHaveLength(4);
      expect(await labels({ environment: 'test' })).toEqual([]);
      expect(await labels({ component: 'uploads' })).toEqual([]);
    });

    it('loses no fact of many that are recorded at once', async () => {
      await activities.recordFacts([madeOf(monday)]);
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => {
          const copy = { atMs: 1, runRef, repository: `r${index}`, label: 'copy', equal: 'same' };
          return activities.recordFacts([factOf(monday, { kind: 'replicated', replicated: copy })]);
        }),
      );
      expect((await entryOf('monday'))?.replicated).toHaveLength(12);
    });

    it('takes over what a repository has, and marks what it lacks', async () => {
      await activities.recordFacts([madeOf(monday)]);
      const { madeBy: _, ...nobodys } = setAt('2026-11-20T02:00Z', { label: 'nobodys' });
      const wal = [rangeOf([1, 9], ['2026-11-22T00:00Z', '2026-11-25T00:00Z'])];
      const contents = contentsOf([tuesday, nobodys], { readAtMs, wal, foreign: ['nobodys'] });
      const differences = await activities.compareCatalogue(plan, component, contents, 'run@2');
      expect(differences.map(({ label, kind }) => `${label} ${kind}`)).toEqual([
        ...['tuesday unknown', 'monday missing'],
      ]);
      expect(await labels()).toEqual(['tuesday']);
      expect(await entryOf('monday')).toMatchObject({
        missing: { atMs: readAtMs, runRef: 'run@2' },
      });
      expect(await catalogue.listRepositories({ repository: 'main' })).toEqual([
        { ...plan, component, runRef: 'run@2', contents: { ...contents, sets: [nobodys] } },
      ]);

      expect(await activities.compareCatalogue(plan, component, contents, 'run@2')).toEqual(
        differences,
      );
      const later = { ...contents, readAtMs: readAtMs + dayMs };
      expect(await activities.compareCatalogue(plan, component, later, 'run@3')).toEqual([]);
    });

    it('keeps the later reading of a repository', async () => {
      const contents = contentsOf([], { readAtMs });
      await activities.compareCatalogue(plan, component, contents, 'later');
      await activities.compareCatalogue(plan, component, { ...contents, readAtMs: 1 }, 'late');
      expect(await catalogue.listRepositories()).toMatchObject([{ runRef: 'later' }]);
    });

    it('lists 10,000 sets in less than half a second', async () => {
      const sets = Array.from({ length: 10_000 }, (_, index) =>
        setAt(readAtMs - index * 3_600_000, { label: `set-${index}` }),
      );
      const contents = contentsOf(sets, { readAtMs });
      await activities.compareCatalogue(plan, component, contents, 'run@2');
      const took: number[] = [];
      for (let round = 0; round < 3; round++) {
        const startedAt = performance.now();
        expect(await activities.readCatalogue(plan)).toHaveLength(10_000);
        took.push(performance.now() - startedAt);
      }
      expect(Math.min(...took)).toBeLessThan(500);
    });
  });
}
