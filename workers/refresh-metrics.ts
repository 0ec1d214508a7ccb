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
import { refreshBackups } from '../src/telemetry/metrics/refresh-backups.ts';
import { refreshChaos } from '../src/telemetry/metrics/refresh-chaos.ts';
import { refreshObjectives } from '../src/telemetry/metrics/refresh-objectives.ts';
import { refreshPlaybooks } from '../src/telemetry/metrics/refresh-playbooks.ts';
import {
  refreshWorkerGauges,
  type MeasuredWorker,
} from '../src/telemetry/metrics/worker-gauges.ts';

interface Sources {
  client: Client;
  temporal: Guard;
  ledger: Ledger & { catalogue: Catalogue; objectives: ObjectiveStore };
  workers: MeasuredWorker[];
}

/** Everything that is fetched when the metrics are scraped. */
export function refreshMetrics(
  metrics: BelayMetrics,
  { client, temporal, ledger, workers }: Sources,
): void {
  const { registry } = metrics;
  const { catalogue } = ledger;
  const readTimes = new ReadTimes(registry);
  const listOpen = () => temporal(() => listOpenRuns(client), judgeTemporal);
  const listSchedules = () => temporal(() => listCampaignSchedules(client), judgeTemporal);
  metrics.refreshWith(refreshOpenRuns(metrics, listOpen));
  const backups = { gauges: new BackupGauges(registry), readTimes };
  metrics.refreshWith(refreshBackups(backups, { ledger, catalogue }));
  const playbooks = { gauges: new PlaybookGauges(registry), readTimes };
  metrics.refreshWith(refreshPlaybooks(playbooks, ledger));
  const chaos = { gauges: new ChaosGauges(registry), readTimes };
  metrics.refreshWith(refreshChaos(chaos, { ledger, listSchedules }));
  const objectives = { gauges: new ObjectiveGauges(registry), readTimes };
  metrics.refreshWith(refreshObjectives(objectives, ledger.objectives));
  metrics.refreshWith(refreshWorkerGauges(metrics, workers));
}
