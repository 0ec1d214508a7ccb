import type { TrafficSnapshot } from '../../../contracts/rollouts/traffic.ts';
import type { ServiceObjects } from '../state/service-objects.ts';
import { servedPorts } from '../state/served-ports.ts';
import { scrapePods } from './scrape-pods.ts';
import { scrapeTargets } from './scrape-target.ts';
import { trafficSnapshot } from './traffic-snapshot.ts';

/** Both tracks' counters, read from every pod itself: neither a router nor Prometheus is needed. */
export async function readTraffic(
  objects: ServiceObjects,
  now: () => number,
): Promise<TrafficSnapshot> {
  const { target, stable, canary } = objects;
  const asked = { metrics: target.metrics, ports: servedPorts(objects) };
  const pods = await scrapePods([
    ...scrapeTargets('stable', stable.pods, asked),
    ...scrapeTargets('canary', canary?.pods ?? [], asked),
  ]);
  return trafficSnapshot(pods, now());
}
