import { Gauge, type Registry } from 'prom-client';
import type { Lateness } from '../../policies/backups/judge-lateness.ts';
import type { JudgedSet } from '../../policies/backups/judge-sets.ts';
import type { RepositoryOverview } from '../../policies/backups/overview.ts';

const place = ['environment', 'backup', 'component', 'repository'] as const;

/** What the catalogue knows, the same from every worker. */
export class BackupGauges {
  readonly #all: Gauge[] = [];
  readonly #gauge;
  readonly #restorable;
  readonly #verified;
  readonly #proven;
  readonly #until;
  readonly #read;
  readonly #sets;
  readonly #stored;
  readonly #drillTook;
  readonly #drillLost;
  readonly #late;

  constructor(registry: Registry) {
    this.#gauge = (name: string, help: string, labels: readonly string[] = []) => {
      const labelNames = [...place, ...labels];
      const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
      this.#all.push(gauge);
      return gauge;
    };
    this.#restorable = this.#gauge(
      'belay_backup_restorable_timestamp_seconds',
      'When the newest set ended that can be restored.',
    );
    this.#verified = this.#gauge(
      'belay_backup_verified_timestamp_seconds',
      'When the newest set ended whose content was verified.',
    );
    this.#proven = this.#gauge(
      'belay_backup_proven_timestamp_seconds',
      'When a drill last proved a set of this repository.',
    );
    this.#until = this.#gauge(
      'belay_backup_recoverable_until_timestamp_seconds',
      'When the last of the log was archived that leads back: its last commit is the last moment to go back to.',
    );
    this.#read = this.#gauge(
      'belay_backup_repository_read_timestamp_seconds',
      'When the repository was read last.',
    );
    this.#sets = this.#gauge(
      'belay_backup_sets',
      'Sets of the plan in the repository, by whether they can be restored.',
      ['standing'],
    );
    this.#stored = this.#gauge(
      'belay_backup_stored_bytes',
      'What the sets have added to the repository, as far as it says.',
    );
    this.#drillTook = this.#gauge(
      'belay_backup_drill_rto_seconds',
      'How long the restore of the last drill took that passed, assertions included.',
    );
    this.#drillLost = this.#gauge(
      'belay_backup_drill_rpo_seconds',
      'What the last drill lost that passed.',
    );
    this.#late = this.#gauge(
      'belay_backup_late',
      '1 for each thing that did not come, or is too old, by what the plan of the last run expects.',
      ['kind'],
    );
  }

  show(overviews: readonly RepositoryOverview[], late: readonly PlannedLateness[]): void {
    for (const gauge of this.#all) gauge.reset();
    for (const overview of overviews) this.#showRepository(overview);
    for (const { environment, backup, component, repository = '', kind } of late) {
      this.#late.set({ environment, backup, component, repository, kind }, 1);
    }
  }

  #showRepository(overview: RepositoryOverview): void {
    const { environment, backup, component, repository, readAtMs, recovery } = overview;
    const labels = { environment, backup, component: component.name, repository };
    const own = overview.sets
      .map(({ judged }) => judged)
      .filter(({ standing }) => standing !== 'foreign' && standing !== 'safety-copy');
    const restorable = own.filter(({ standing }) => standing === 'restorable');
    const verified = restorable.findLast(({ entry }) => entry?.verified !== undefined);
    const proof = newestProof(own);
    const setSeconds = (gauge: Gauge, ms: number | undefined) => {
      if (ms !== undefined) gauge.set(labels, ms / 1000);
    };
    setSeconds(this.#restorable, restorable.at(-1)?.set.stoppedAtMs);
    setSeconds(this.#verified, verified?.set.stoppedAtMs);
    setSeconds(this.#proven, proof?.atMs);
    setSeconds(this.#drillTook, proof?.tookMs);
    setSeconds(this.#drillLost, proof?.lostMs);
    setSeconds(this.#until, recovery.windows.at(-1)?.untilMs);
    setSeconds(this.#read, readAtMs);
    this.#sets.set({ ...labels, standing: 'restorable' }, restorable.length);
    this.#sets.set({ ...labels, standing: 'unusable' }, own.length - restorable.length);
    const stored = own.reduce((sum, { set }) => sum + (set.storedBytes ?? 0), 0);
    this.#stored.set(labels, stored);
  }
}

export type PlannedLateness = Lateness & { environment: string; backup: string };

function newestProof(sets: readonly JudgedSet[]) {
  return sets
    .flatMap(({ entry }) => entry?.proven ?? [])
    .reduce<NonNullable<NonNullable<JudgedSet['entry']>['proven']> | undefined>(
      (newest, one) => (newest === undefined || one.atMs > newest.atMs ? one : newest),
      undefined,
    );
}
