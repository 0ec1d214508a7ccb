import { beforeEach, describe, expect, it } from 'vitest';
import type { Ledger, LedgerFilter } from '../../../src/contracts/kernel/ledger.ts';
import { rolloutReport, type ReportChanges } from '../../fixtures/rollout-report.ts';

/** What every ledger does, in whatever it keeps its entries. */
export function describeLedger(what: string, open: () => Promise<Ledger>): void {
  describe(what, () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await open();
    });

    const append = async (...all: ReportChanges[]) => {
      for (const each of all) await ledger.append(rolloutReport(each));
    };
    const refs = async (filter?: LedgerFilter) =>
      (await ledger.list(filter)).map(({ runRef }) => runRef);

    it('is empty before the first run', async () => {
      expect(await ledger.list()).toEqual([]);
      expect(await ledger.list({ each: 3 })).toEqual([]);
    });

    it('returns a report as it was given', async () => {
      const report = rolloutReport({
        ...{ previousVersion: 'v1', startedBy: 'ana', startedWhy: 'sale “now” \u0000 🚀' },
        notes: ["it's; DROP TABLE belay_runs --", '\\ "quoted"'],
        spec: { kind: 'canary', stages: [{ weight: 5, hold: '1m' }], none: null },
      });
      await ledger.append(report);
      expect(await ledger.list()).toEqual([report]);
    });

    it('has one entry for a report that is appended twice', async () => {
      await append({}, {});
      expect(await ledger.list()).toEqual([rolloutReport()]);
    });

    it('replaces the report of a run that was reset and ended again', async () => {
      await append({}, { outcome: 'Aborted', startedAtMs: 1500, endedAtMs: 3000 });
      expect((await ledger.list()).map(({ outcome }) => outcome)).toEqual(['Aborted']);
    });

    it('keeps the last word on a run, although an earlier one arrives late', async () => {
      await append({ endedAtMs: 3000, reason: 'last' }, { endedAtMs: 2000, reason: 'late' });
      expect((await ledger.list()).map(({ reason }) => reason)).toEqual(['last']);
    });

    it('lists the newest first, by family, kind, subject, run, outcome and end', async () => {
      await append(
        { runRef: 'old', startedAtMs: 999 },
        { runRef: 'new', startedAtMs: 10_000, endedAtMs: 20_000, kind: 'rollback' },
        { runRef: 'cart', service: 'cart', startedAtMs: 5000, outcome: 'Aborted' },
        { runRef: 'prod', environment: 'prod', startedAtMs: 6000 },
      );
      const backup = { ...rolloutReport({ runRef: 'full', startedAtMs: 7000 }), family: 'backups' };
      await ledger.append(backup);

      expect(await refs()).toEqual(['new', 'full', 'prod', 'cart', 'old']);
      expect(await refs({ family: 'rollouts' })).toEqual(['new', 'prod', 'cart', 'old']);
      expect(await refs({ families: ['backups', 'chaos'] })).toEqual(['full']);
      expect(await refs({ kinds: ['rollback', 'unknown'] })).toEqual(['new']);
      expect(await refs({ name: 'shop', family: 'rollouts' })).toEqual(['new', 'prod', 'old']);
      expect(await refs({ name: 'shop', environment: 'demo', family: 'rollouts' })).toEqual([
        'new',
        'old',
      ]);
      expect(await refs({ runRef: 'cart' })).toEqual(['cart']);
      expect(await refs({ runRef: 'cart', name: 'shop' })).toEqual([]);
      expect(await refs({ outcomes: ['Aborted'] })).toEqual(['cart']);
      expect(await refs({ sinceMs: 20_000 })).toEqual(['new']);
      expect(await refs({ sinceMs: 20_001 })).toEqual([]);
    });

    it('lists so many, or so many of each subject', async () => {
      await append(
        ...[1, 2, 3].map((at) => ({ runRef: `shop-${at}`, startedAtMs: at * 1000 })),
        ...[1, 2].map((at) => ({ runRef: `cart-${at}`, service: 'cart', startedAtMs: at * 1001 })),
        { runRef: 'prod', environment: 'prod', startedAtMs: 1 },
      );
      const alert = { ...rolloutReport({ runRef: 'alert', startedAtMs: 9000 }), family: 'alerts' };
      await ledger.append(alert);

      expect(await refs({ limit: 2 })).toEqual(['alert', 'shop-3']);
      expect(await refs({ each: 1 })).toEqual(['alert', 'shop-3', 'cart-2', 'prod']);
      expect(await refs({ each: 2, family: 'rollouts' })).toEqual([
        ...['shop-3', 'cart-2', 'shop-2', 'cart-1', 'prod'],
      ]);
      expect(await refs({ each: 2, name: 'shop', family: 'rollouts', limit: 2 })).toEqual([
        ...['shop-3', 'shop-2'],
      ]);
    });

    it('takes reports from many at once', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) => append({ runRef: `r-${at}`, startedAtMs: at })),
      );
      expect(await ledger.list()).toHaveLength(50);
    });
  });
}
