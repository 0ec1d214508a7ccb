import { BytesSI, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

const name = '{{environment}}/{{backup}}/{{component}} in {{repository}}';
const by = 'max by (environment, backup, component, repository)';
const age = (metric: string) => `time() - ${by} (${metric})`;

export function backupsDashboard(): ClassicDashboard {
  return dashboard('belay-backups', 'Belay: backups')
    .withPanel(
      figure({
        title: 'Late',
        about: 'What did not come, or is too old, by what its plan expects.',
        unit: Short,
        series: {
          late: 'count(max by (environment, backup, component, repository, kind) (belay_backup_late)) or vector(0)',
        },
      }),
    )
    .withPanel(
      figure({
        title: 'Sets that cannot be restored',
        about: 'Failed, damaged and incomplete sets.',
        unit: Short,
        series: {
          unusable: `sum(${by} (belay_backup_sets{standing="unusable"}))`,
        },
      }),
    )
    .withRow(row('Age'))
    .withPanel(
      course({
        title: 'Newest set that can be restored',
        about: 'How old it is.',
        unit: Seconds,
        series: { [name]: age('belay_backup_restorable_timestamp_seconds') },
      }),
    )
    .withPanel(
      course({
        title: 'Newest set that was verified',
        about: 'How old the newest set is whose content was read back.',
        unit: Seconds,
        series: { [name]: age('belay_backup_verified_timestamp_seconds') },
      }),
    )
    .withPanel(
      course({
        title: 'Last drill that passed',
        about: 'How long ago a restore was proven.',
        unit: Seconds,
        series: { [name]: age('belay_backup_proven_timestamp_seconds') },
      }),
    )
    .withRow(row('Recovery'))
    .withPanel(
      course({
        title: 'Behind the source',
        about: 'How far the archived log was behind when the repository was read last.',
        unit: Seconds,
        series: {
          [name]: `${by} (belay_backup_repository_read_timestamp_seconds) - ${by} (belay_backup_recoverable_until_timestamp_seconds)`,
        },
      }),
    )
    .withPanel(
      course({
        title: 'Time of a restore',
        about: 'Of the last drill that passed, assertions included.',
        unit: Seconds,
        series: { [name]: `${by} (belay_backup_drill_rto_seconds)` },
      }),
    )
    .withPanel(
      course({
        title: 'Lost by a restore',
        about: 'Of the last drill that passed.',
        unit: Seconds,
        series: { [name]: `${by} (belay_backup_drill_rpo_seconds)` },
      }),
    )
    .withPanel(
      course({
        title: 'Stored',
        about: 'What the sets have added to their repository.',
        unit: BytesSI,
        series: { [name]: `${by} (belay_backup_stored_bytes)` },
      }),
    )
    .build();
}
