import type { Client } from '@temporalio/client';
import { listCampaignSchedules } from '../src/adapters/temporal/campaign-schedules.ts';
import { judgeTemporal } from '../src/adapters/temporal/judge-answer.ts';
import type { Catalogue } from '../src/contracts/backups/catalogue.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import type { Ledger } from '../src/contracts/kernel/ledger.ts';
import { BackupGauges } from '../src/telemetry/metrics/backup-gauges.ts';
import type { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import { ChaosGauges } from '../src/telemetry/metrics/chaos-gauges.ts';
import { listOpenRuns, refreshOpenRuns } from '../src/telemetry/metrics/open-runs.ts';
import type { ObjectiveStore } from '../src/contracts/objectives/objective-store.ts';
import { ObjectiveGauges } from '../src/telemetry/metrics/objective-gauges.ts';
import { PlaybookGauges } from '../src/telemetry/metrics/playbook-gauges.ts';
import { ReadTimes } from '../src/telemetry/metrics/read-times.ts';
import { backupCache, refreshBackups } from '../src/telemetry/metrics/refresh-backups.ts';
import {
  experimentCache,
  refreshChaos,
  scheduleCache,
} from '../src/telemetry/metrics/refresh-chaos.ts';
import { objectiveCache, refreshObjectives } from '../src/telemetry/metrics/refresh-objectives.ts';
import { playbookCache, refreshPlaybooks } from '../src/telemetry/metrics/refresh-playbooks.ts';
import {
  refreshWorkerGauges,
  type MeasuredWorker,
} from '../src/telemetry/metrics/worker-gauges.ts';
import type { OpenCaches } from '../src/adapters/caches/open-caches.ts';

interface Sources {
  client: Client;
  temporal: Guard;
  ledger: Ledger & { catalogue: Catalogue; objectives: ObjectiveStore };
  workers: MeasuredWorker[];
  caches: Pick<OpenCaches, 'open'>;
}

/**
 * Everything that is fetched when the metrics are scraped. Returns what reads the ledger once before anybody
 * scrapes; it never rejects.
 */
export function refreshMetrics(
  metrics: BelayMetrics,
  { client, temporal, ledger, workers, caches }: Sources,
): () => Promise<void> {
  const { registry } = metrics;
  const { catalogue } = ledger;
  const readTimes = new ReadTimes(registry);
  const listOpen = () => temporal(() => listOpenRuns(client), judgeTemporal);
  const listSchedules = () => temporal(() => listCampaignSchedules(client), judgeTemporal);
  const ofLedger = [
    refreshBackups(
      { gauges: new BackupGauges(registry), readTimes, cache: caches.open(backupCache) },
      { ledger, catalogue },
    ),
    refreshPlaybooks(
      { gauges: new PlaybookGauges(registry), readTimes, cache: caches.open(playbookCache) },
      ledger,
    ),
    refreshChaos(
      {
        ...{ gauges: new ChaosGauges(registry), readTimes },
        experiments: caches.open(experimentCache),
        schedules: caches.open(scheduleCache),
      },
      { ledger, listSchedules },
    ),
    refreshObjectives(
      { gauges: new ObjectiveGauges(registry), readTimes, cache: caches.open(objectiveCache) },
      ledger.objectives,
    ),
  ];
  const others = [refreshOpenRuns(metrics, listOpen), refreshWorkerGauges(metrics, workers)];
  for (const refresh of [...ofLedger, ...others]) metrics.refreshWith(refresh);
  return async () => {
    await Promise.all(ofLedger.map((refresh) => refresh()));
  };
}
