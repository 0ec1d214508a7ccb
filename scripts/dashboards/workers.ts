import {
  BytesIEC,
  OpsPerSecond,
  PercentUnit,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

export function workersDashboard(): ClassicDashboard {
  return dashboard('belay-workers', 'Belay: workers')
    .withPanel(
      figure({
        title: 'Workers',
        about: 'Running workers, by version.',
        unit: Short,
        series: { '{{version}}': 'sum by (version) (belay_worker_info)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Queues polled',
        about: 'Number of workers that poll each queue.',
        unit: Short,
        series: { '{{queue}}': 'sum by (queue) (belay_worker_polling)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Connected to Temporal',
        about: 'Number of workers whose last request Temporal answered.',
        unit: Short,
        series: { workers: 'sum(belay_temporal_answers)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Open holds',
        about: 'Holds that a worker is watching now.',
        unit: Short,
        series: { holds: 'sum(belay_activities_running{activity="watchHold"})' },
      }),
    )
    .withPanel(
      figure({
        title: 'Leftovers',
        about: 'Places and dead runs that the last sweep of the janitor could not clean up.',
        unit: Short,
        series: { leftovers: 'sum(max by (sweeper) (belay_leftovers_failed))' },
      }),
    )
    .withRow(row('Activities'))
    .withPanel(
      course({
        title: 'Running',
        about: 'Activities that are running now, by type.',
        unit: Short,
        series: { '{{activity}}': 'sum by (activity) (belay_activities_running)' },
      }),
    )
    .withPanel(
      course({
        title: 'Ended',
        about: 'Ended attempts per second, by type.',
        unit: OpsPerSecond,
        series: { '{{activity}}': 'sum by (activity) (rate(belay_activities_total[5m]))' },
      }),
    )
    .withPanel(
      course({
        title: 'Failed',
        about:
          'Share of attempts that failed. Cancelled attempts and those that only asked for a retry are not counted as failures.',
        unit: PercentUnit,
        series: {
          '{{activity}}':
            'sum by (activity) (rate(belay_activities_total{result="failed"}[5m])) / sum by (activity) (rate(belay_activities_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Duration',
        about: 'p95 of completed attempts. A watchHold takes as long as its hold.',
        unit: Seconds,
        series: {
          '{{activity}}':
            'histogram_quantile(0.95, sum by (activity, le) (rate(belay_activity_duration_seconds_bucket{result="completed"}[5m])))',
        },
      }),
    )
    .withRow(row('Dependencies'))
    .withPanel(
      course({
        title: 'Breakers',
        about: '0 closed, 1 open, 2 half-open; the highest value of all workers and gateways.',
        unit: Short,
        series: { '{{dependency}}': 'max by (dependency) (circuit_breaker_state)' },
      }),
    )
    .withPanel(
      course({
        title: 'Failed and rejected calls',
        about: 'Calls per second. rejected: an open breaker prevented the call.',
        unit: OpsPerSecond,
        series: {
          '{{dependency}} {{result}}':
            'sum by (dependency, result) (rate(circuit_breaker_calls_total{result!="success"}[5m]))',
        },
      }),
    )
    .withRow(row('Gateways'))
    .withPanel(
      course({
        title: 'Requests',
        about: 'Requests per second, by route and status.',
        unit: OpsPerSecond,
        series: {
          '{{route}} {{status}}': 'sum by (route, status) (rate(belay_gateway_requests_total[5m]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Alerts',
        about: 'Alerts per second, by result.',
        unit: OpsPerSecond,
        series: { '{{result}}': 'sum by (result) (rate(belay_gateway_alerts_total[5m]))' },
      }),
    )
    .withRow(row('Workers'))
    .withPanel(
      course({
        title: 'Slots in use',
        about: 'Share of the slots of all workers, by queue.',
        unit: PercentUnit,
        series: {
          '{{queue}}':
            'sum by (queue) (belay_worker_slots_used) / sum by (queue) (belay_worker_slots)',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Workflows in memory',
        about: 'Number of workflows in the cache of each worker.',
        unit: Short,
        series: { '{{instance}}': 'belay_worker_cached_workflows' },
      }),
    )
    .withPanel(
      course({
        title: 'Memory',
        about: 'Resident memory, by worker.',
        unit: BytesIEC,
        series: { '{{instance}}': 'process_resident_memory_bytes{job="belay"}' },
      }),
    )
    .withPanel(
      course({
        title: 'Event loop lag',
        about: 'p99, by worker. Above one second, heartbeats are late.',
        unit: Seconds,
        series: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="belay"}' },
      }),
    )
    .build();
}
