/** Where the traffic is, in the words of each kind: only a canary has shares. */
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import type { ReportedKind } from '../../contracts/rollouts/report.ts';

type Standing = Pick<RolloutStatus, 'kind' | 'weight' | 'version' | 'previousVersion'>;

/** `20 % on v2`, `v1 is live`, `v2 in place`. */
export function describeTraffic({ kind, weight, version, previousVersion }: Standing): string {
  switch (kind) {
    case 'canary':
    case 'rollback':
      return `${weight} % on ${version}`;
    case 'blueGreen':
      if (weight > 0) return `${version} is live`;
      return previousVersion === undefined ? 'nothing is live' : `${previousVersion} is live`;
    case 'rolling':
    case 'recreate':
      return weight > 0 ? `${version} in place` : `${previousVersion ?? 'nothing'} in place`;
  }
}

/** What a stage is called in a table. */
export function stageName(kind: ReportedKind, weight: number): string {
  switch (kind) {
    case 'unknown':
    case 'canary':
    case 'rollback':
      return `${weight} %`;
    case 'blueGreen':
      return 'switch';
    case 'rolling':
    case 'recreate':
      return 'replace';
  }
}

/** Completes "Measured …". */
export function measuredWhen(kind: ReportedKind, weight: number): string {
  switch (kind) {
    case 'unknown':
    case 'canary':
    case 'rollback':
      return `at ${weight} %`;
    case 'blueGreen':
      return 'after the switch';
    case 'rolling':
    case 'recreate':
      return 'in place';
  }
}
