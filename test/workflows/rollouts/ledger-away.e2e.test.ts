import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openLedger, type LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { createAlertLedger } from '../../../src/contracts/rollouts/alert-ledger.ts';
import type { Alert, AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../../src/contracts/rollouts/alerts.ts';
import { listReports } from '../../../src/contracts/rollouts/list-reports.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { alertWorkflowType } from '../../../src/kinds/workflow-types.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { TestPostgres } from '../../fixtures/postgres.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const postgres = await TestPostgres.start();
if (postgres === undefined) console.warn('skipped: no PostgreSQL (Debian: postgresql-15)');

/** An act that waited for the ledger would take minutes. */
const promptMs = 30_000;

describe.skipIf(postgres === undefined)('while the ledger is away', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;
  let ledger: LedgerDatabase;

  beforeAll(async () => {
    env = await devServer();
    const url = await postgres!.newDatabase('belay');
    ledger = openLedger(
      { home: '/nowhere', ledger: { url, keepMs: Infinity } },
      { isWorker: true },
    );
    await ledger.check();
    bench = await RolloutBench.start(env.client, env.nativeConnection, {}, { ledger });
  });
  afterEach(() => postgres!.up());
  afterAll(async () => {
    await bench.stop();
    await ledger.close();
    await postgres!.stop();
    await env.teardown();
  });

  const away = () => postgres!.down();
  const stableOf = (shop: ServiceRef) => bench.platform.state(shop).stable?.release.version;
  const release = (version: string) => ({ version, command: ['serve'] });
  const stages = [{ weight: 50, hold: '1s' }];
  const v2 = { release: release('v2'), replicas: 2, stages, analysis: 'none' };
  const held = { ...v2, stages: [{ weight: 20, hold: '10m' }] };

  async function holding(): Promise<ServiceRef> {
    const shop = bench.serving();
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    return shop;
  }

  async function promoted(): Promise<ServiceRef> {
    const shop = bench.serving();
    const report = (await (await bench.start(shop, v2)).result()) as RolloutReport;
    expect(report.outcome).toBe('Promoted');
    return shop;
  }

  async function respond({ service, environment }: ServiceRef, fingerprint = service) {
    const nowMs = Date.now();
    const alert: Alert = {
      ...{ fingerprint, name: 'HighErrorRate', status: 'firing', startsAtMs: nowMs },
      ...{ receivedAtMs: nowMs, subject: { service, environment } },
    };
    return bench.client.workflow.start<(alert: unknown) => Promise<AlertResponse>>(
      alertWorkflowType,
      { workflowId: alertWorkflowId(alert), taskQueue: bench.taskQueue, args: [alert] },
    );
  }

  const prompt = async <T>(isDone: () => T | Promise<T>) => {
    await eventually(async () => expect(await isDone()).toBe(true), promptMs);
  };

  async function written(shop: ServiceRef, outcomes: string[]): Promise<void> {
    const { service, environment } = shop;
    await eventually(async () => {
      const reports = await listReports(ledger, { service, environment });
      expect(reports.map(({ outcome }) => outcome)).toEqual(outcomes);
    }, 60_000);
  }

  async function recorded({ service }: ServiceRef, expected: object): Promise<void> {
    await eventually(async () => {
      expect(await createAlertLedger(ledger).list({ service })).toMatchObject([expected]);
    }, 60_000);
  }

  /** Before the ledger is back. Where it went away later, the response may have been written in time. */
  async function concluded(
    response: { result(): Promise<AlertResponse> },
    at: { before?: true },
  ): Promise<void> {
    const { reason } = await response.result();
    if (at.before) expect(reason).toMatch(/not in the ledger yet, and write-report\/alert\//);
  }

  it.each<[string, { before?: true; during?: true }]>([
    ['before', { before: true }],
    ['during', { during: true }],
    ['after', {}],
  ])('%s it, an alert aborts, and what was done is written later', async (_, at) => {
    const shop = await holding();
    if (at.before) await away();
    const response = await respond(shop);
    if (at.during) {
      await bench.until(shop, ({ phase }) => phase === 'undoing' || phase === 'closed');
      await away();
    }
    await prompt(async () => (await bench.result(shop)).outcome === 'RolledBack');
    if (at.before === undefined && at.during === undefined) await away();
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 0 });
    await concluded(response, at);
    await postgres!.up();
    await written(shop, ['RolledBack']);
    await recorded(shop, { action: 'abort', ending: { outcome: 'RolledBack' } });
  });

  it.each<[string, { before?: true; during?: true }]>([
    ['before', { before: true }],
    ['during', { during: true }],
    ['after', {}],
  ])('%s it, an alert undoes a promotion, and what was done is written later', async (_, at) => {
    const shop = await promoted();
    if (at.before) await away();
    const response = await respond(shop);
    if (at.during) {
      await bench.until(shop, ({ kind }) => kind === 'rollback');
      await away();
    }
    await prompt(() => stableOf(shop) === 'v1');
    if (at.before === undefined && at.during === undefined) await away();
    await concluded(response, at);
    await postgres!.up();
    await written(shop, ['Promoted', 'Promoted']);
    await recorded(shop, { action: 'undo', ending: { outcome: 'Promoted' } });
  });

  it('many alerts at the same moment undo a promotion once', async () => {
    const shop = await promoted();
    await away();
    await Promise.all(Array.from({ length: 6 }, (_, at) => respond(shop, `${shop.service}-${at}`)));
    await prompt(() => stableOf(shop) === 'v1');
    await postgres!.up();
    await written(shop, ['Promoted', 'Promoted']);
    expect(stableOf(shop)).toBe('v1');
    await eventually(async () => {
      const responses = await createAlertLedger(ledger).list({ service: shop.service });
      expect(responses.map(({ action }) => action).sort()).toEqual([
        'none',
        'none',
        'none',
        'none',
        'none',
        'undo',
      ]);
    }, 60_000);
  });

  it('a rollout gives way to the next one', async () => {
    const shop = await holding();
    await away();
    const next = { ...held, release: release('v3'), supersede: true };
    await bench.deploy(shop, next);
    await prompt(async () => {
      const { version, phase } = await bench.status(shop);
      return version === 'v3' && phase === 'holding';
    });
    await postgres!.up();
    await written(shop, ['Superseded']);
    await bench.client.workflow.getHandle(rolloutWorkflowId(shop)).terminate();
  });

  it('a rollout ends, says so in its result, and the next one begins', async () => {
    const shop = bench.serving();
    await away();
    const first = (await (await bench.start(shop, v2)).result()) as RolloutReport;
    expect(first.outcome).toBe('Promoted');
    expect(first.notes.join()).toMatch(
      /This report is not in the ledger yet, and write-report\/\S+ writes it: The ledger in postgres/,
    );
    const next = { ...v2, release: release('v3') };
    const second = (await (await bench.start(shop, next)).result()) as RolloutReport;
    expect(second.outcome).toBe('Promoted');
    await postgres!.up();
    await written(shop, ['Promoted', 'Promoted']);
  });
});
