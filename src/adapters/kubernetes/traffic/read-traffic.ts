import type { TrafficSnapshot } from '../../../contracts/traffic.ts';
import type { ServiceObjects } from '../state/service-objects.ts';
import { scrapePods } from './scrape-pods.ts';
import { scrapeTargets } from './scrape-target.ts';
import { trafficSnapshot } from './traffic-snapshot.ts';

/** Both tracks' counters, asked of every pod itself: no router and no Prometheus is needed. */
export async function readTraffic(
  { target, stable, canary }: ServiceObjects,
  now: () => number,
): Promise<TrafficSnapshot> {
  const pods = await scrapePods([
    ...scrapeTargets('stable', stable.pods, target),
    ...scrapeTargets('canary', canary?.pods ?? [], target),
  ]);
  return trafficSnapshot(pods, now());
}
