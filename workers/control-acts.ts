import { createCatalogueActivities } from '../activities/backups/catalogue.ts';
import { createFrontSweeper } from '../activities/chaos/front-sweeper.ts';
import { createMeshFaultActivities } from '../activities/chaos/mesh-faults.ts';
import { createOutageSweeper } from '../activities/chaos/outage-sweeper.ts';
import { createPodFaultActivities } from '../activities/chaos/pod-faults.ts';
import { createTrackFaultActivities } from '../activities/chaos/track-faults.ts';
import { createLedgerActivities } from '../activities/kernel/ledger.ts';
import { createLeftoverActivities } from '../activities/kernel/leftovers.ts';
import { createNotificationActivities } from '../activities/kernel/notifications.ts';
import { createSpecActivities } from '../activities/kernel/spec.ts';
import { createFreezeSweeper } from '../activities/recovery/freeze-sweeper.ts';
import { createIncidentActivities } from '../activities/recovery/incident.ts';
import { createPlaybookActivities } from '../activities/recovery/playbook-parts.ts';
import { createPostgresClusterActivities } from '../activities/recovery/postgres-cluster.ts';
import { createReachServerActivities } from '../activities/recovery/reach-server.ts';
import { createServiceRouteActivities } from '../activities/recovery/service-routes.ts';
import { createAlertActivities } from '../activities/rollouts/alerts.ts';
import { createTrafficActivities } from '../activities/rollouts/routing.ts';
import { createServiceSweeper } from '../activities/rollouts/service-sweeper.ts';
import { createWorkloadActivities } from '../activities/rollouts/workload.ts';
import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { guardEach } from '../src/adapters/breakers/guard-each.ts';
import { createClaimLease } from '../src/adapters/temporal/claim-lease.ts';
import { createIncidentFreezes } from '../src/adapters/temporal/incident-freezes.ts';
import { judgeTemporal, judgeTemporalAlone } from '../src/adapters/temporal/judge-answer.ts';
import { createListLeftFreezes } from '../src/adapters/temporal/left-freezes.ts';
import { createLiveness } from '../src/adapters/temporal/liveness.ts';
import { createOpenRollouts } from '../src/adapters/temporal/open-rollouts.ts';
import { readStart } from '../src/adapters/temporal/read-start.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import type { Sweeper } from '../src/contracts/kernel/leftovers.ts';
import { createAlertLedger } from '../src/contracts/rollouts/alert-ledger.ts';
import { alertFamily } from '../src/contracts/rollouts/alert-reports.ts';
import { resolveSpecOf } from '../src/specs/registry.ts';
import type { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import { openChangeControl } from './change-control.ts';
import type { ControlParts } from './control-parts.ts';
import { openNotifier } from './notifications.ts';
import { sweptContexts } from './platforms.ts';

/** What answers alerts. It has a queue of its own: an undo does not wait behind other acts. */
export function createAlerts({ onPlatforms, ledger, client, temporal, config }: ControlParts) {
  // What an alert asks for is an undo.
  const askPastBreaker: Guard = (call, judge) => bypassBreaker(() => temporal(call, judge));
  return createAlertActivities({
    ...{ platforms: onPlatforms.platforms, ledger, responses: createAlertLedger(ledger) },
    rollouts: guardEach(createOpenRollouts(client), askPastBreaker, judgeTemporalAlone),
    undoWindowMs: config.undoWindowMs,
  });
}

/** What changes something, and what is answered at once. */
export async function createActs(parts: ControlParts, metrics: BelayMetrics) {
  const { config, client, installation, guardOf, temporal, ledger } = parts;
  const { onPlatforms, sources, podFaults, trackFaults, cloudNativePg, playbooks } = parts;
  const incidentFreezes = guardEach(
    createIncidentFreezes(client, config.taskQueue),
    temporal,
    judgeTemporalAlone,
  );
  const { claimLease } = guardEach(createClaimLease(client), temporal, judgeTemporalAlone);
  const { reachServer } = createReachServerActivities();
  const { watchPostgresCluster: _, ...postgresClusters } = createPostgresClusterActivities(
    cloudNativePg.clusters,
  );
  return {
    ...createSpecActivities(config.rollouts, resolveSpecOf),
    ...createWorkloadActivities(onPlatforms.platforms, sources),
    ...createTrafficActivities(onPlatforms.platforms),
    ...openChangeControl(client, temporal, ledger.objectives),
    ...createLedgerActivities(ledger, {
      onFirstReport: (report) => {
        // What was done about an alert is no run: it comes here only where the ledger was away.
        if (report.family !== alertFamily) metrics.runClosed(report);
      },
      readStarter: async (run) => (await readStart(client, run)).identity,
    }),
    ...createCatalogueActivities(ledger.catalogue),
    ...createIncidentActivities(ledger, incidentFreezes),
    reachServer,
    ...postgresClusters,
    claimLease,
    ...createPlaybookActivities(playbooks.parts),
    ...createServiceRouteActivities(playbooks.serviceRoutes),
    ...createPodFaultActivities(podFaults.pods),
    ...createMeshFaultActivities(podFaults.mesh, podFaults.pods, installation),
    ...createTrackFaultActivities(trackFaults.tracks),
    // For responses that were started when alerts had no queue of their own.
    ...createAlerts(parts),
    ...createNotificationActivities(await openNotifier(config, guardOf)),
    ...openSweeping(parts, { metrics, incidentFreezes }),
  };
}

interface Sweeping {
  metrics: BelayMetrics;
  incidentFreezes: ReturnType<typeof createIncidentFreezes>;
}

function openSweeping(parts: ControlParts, { metrics, incidentFreezes }: Sweeping) {
  const { config, client, temporal, ledger, onPlatforms, podFaults, trackFaults } = parts;
  const listLeftFreezes = createListLeftFreezes(client);
  const { namespaces } = config.kubernetes;
  const contexts = sweptContexts(config);
  const sweepers: Sweeper[] = [
    createServiceSweeper({ platforms: onPlatforms.swept, ledger }),
    createFreezeSweeper(() => temporal(listLeftFreezes, judgeTemporalAlone), incidentFreezes),
    createOutageSweeper(podFaults.left, podFaults.pods, contexts),
    createFrontSweeper(trackFaults.left, {
      ...{ contexts, ...(namespaces !== undefined && { namespaces }) },
    }),
  ];
  return createLeftoverActivities({
    sweepers,
    onSwept: (failed) => {
      ledger.pruneNowAndThen();
      for (const { name } of sweepers) {
        metrics.swept(name, failed.filter(({ what }) => what === name).length);
      }
    },
    onEnded: () => {
      for (const { name } of sweepers) metrics.swept(name, 0);
    },
    openLiveness: createLiveness(client, (question) => temporal(question, judgeTemporal)),
  });
}
