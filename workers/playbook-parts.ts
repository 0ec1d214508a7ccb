import type { Client } from '@temporalio/client';
import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { openExchange } from '../src/adapters/http/exchange.ts';
import { httpGet, httpRequest } from '../src/adapters/playbooks/http-parts.ts';
import { openPlaybookClusters } from '../src/adapters/playbooks/kubernetes/cluster.ts';
import { cordonNode } from '../src/adapters/playbooks/kubernetes/cordon.ts';
import { deletePod } from '../src/adapters/playbooks/kubernetes/delete-pod.ts';
import { readEvents } from '../src/adapters/playbooks/kubernetes/events.ts';
import { readLogs } from '../src/adapters/playbooks/kubernetes/logs.ts';
import { patchObject } from '../src/adapters/playbooks/kubernetes/patch.ts';
import { probeReady } from '../src/adapters/playbooks/kubernetes/ready.ts';
import { restartWorkload } from '../src/adapters/playbooks/kubernetes/restart.ts';
import { scaleWorkload } from '../src/adapters/playbooks/kubernetes/scale.ts';
import { lookForLastRun } from '../src/adapters/playbooks/last-run-part.ts';
import { queryPrometheus } from '../src/adapters/playbooks/prometheus-part.ts';
import {
  cancelWorkflow,
  createAbortChild,
  describeWorkflow,
  signalWorkflow,
  terminateWorkflow,
} from '../src/adapters/playbooks/temporal-parts.ts';
import { createQueryReader } from '../src/adapters/prometheus/query-reader.ts';
import { createServiceRoutes } from '../src/adapters/routers/service/service-routes.ts';
import type { Config } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import type { Ledger } from '../src/contracts/kernel/ledger.ts';
import type { RefuseDestination } from '../src/contracts/kernel/reach.ts';
import type { ServiceRouteActivities } from '../src/contracts/recovery/service-routes.ts';
import type { UndoCall } from '../src/contracts/recovery/playbooks/activities.ts';
import type {
  WorkerActionPart,
  WorkerParts,
} from '../src/contracts/recovery/playbooks/worker-parts.ts';
import { judgeDestination } from '../src/policies/kernel/network/judge-destination.ts';

interface Surroundings {
  config: Config;
  client: Client;
  ledger: Pick<Ledger, 'list'>;
  guardOf: GuardOf;
}

/** Everything that a worker does for playbooks and routes of clients; nothing is connected to before it is asked. */
export function openPlaybookParts({ config, client, ledger, guardOf }: Surroundings): {
  parts: WorkerParts;
  serviceRoutes: ServiceRouteActivities;
  close(): void;
} {
  const { kubernetes, prometheus, playbookHosts: hosts } = config;
  const { kubeconfig, contexts, namespaces } = kubernetes;
  const clusters = openPlaybookClusters({
    ...{ contexts, guardOf, version: packageVersion() },
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespaces !== undefined && { namespaces }),
  });
  const reach = { ...(hosts && { hosts }), loopback: false };
  const refuse: RefuseDestination = (destination, address) =>
    judgeDestination(reach, destination, address);
  const exchange = openExchange(refuse);
  const temporal = { client, guard: guardOf('temporal') };
  const parts: WorkerParts = {
    actions: letUndosThrough({
      'kubernetes.restart': restartWorkload(clusters),
      'kubernetes.scale': scaleWorkload(clusters),
      'kubernetes.patch': patchObject(clusters),
      'kubernetes.cordon': cordonNode(clusters),
      'kubernetes.deletePod': deletePod(clusters),
      'http.request': httpRequest(exchange, refuse),
      'temporal.signal': signalWorkflow(temporal),
      'temporal.cancel': cancelWorkflow(temporal),
      'temporal.terminate': terminateWorkflow(temporal),
    }),
    probes: {
      'kubernetes.ready': probeReady(clusters),
      'kubernetes.logs': readLogs(clusters),
      'kubernetes.events': readEvents(clusters),
      'http.get': httpGet(exchange, refuse),
      'prometheus.query': queryPrometheus(createQueryReader(prometheus, guardOf)),
      'temporal.workflow': describeWorkflow(temporal),
      'belay.lastRun': lookForLastRun(ledger),
    },
    abortChild: createAbortChild(temporal),
  };
  return { parts, serviceRoutes: createServiceRoutes(clusters), close: () => clusters.close() };
}

/** Undos are sent also where a breaker is open. */
function letUndosThrough<Names extends string>(
  actions: Record<Names, WorkerActionPart>,
): Record<Names, WorkerActionPart> {
  return Object.fromEntries(
    Object.entries<WorkerActionPart>(actions).map(([name, part]) => {
      const { undo } = part;
      if (undo === undefined) return [name, part];
      return [name, { ...part, undo: (call: UndoCall) => bypassBreaker(() => undo(call)) }];
    }),
  ) as Record<Names, WorkerActionPart>;
}
