import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const seconds = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300, 1_800, 7_200];

/** What workers and agents alike count of activities. */
export function createActivityMetrics(registry: Registry) {
  const registers = [registry];
  return {
    activitiesRunning: new Gauge({
      name: 'belay_activities_running',
      help: 'Activities that this worker is executing; an open hold is a watchHold.',
      labelNames: ['queue', 'activity'],
      registers,
    }),
    activities: new Counter({
      name: 'belay_activities_total',
      help: 'Ended attempts of activities.',
      labelNames: ['activity', 'result'],
      registers,
    }),
    activityDuration: new Histogram({
      name: 'belay_activity_duration_seconds',
      help: 'Duration of attempts of activities.',
      labelNames: ['activity', 'result'],
      buckets: seconds,
      registers,
    }),
  };
}
