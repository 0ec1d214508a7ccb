/**
 * What each phase of a Cluster means for a change of its primary (CloudNativePG 1.30, api/v1).
 * `still`: the operator has nothing under way. `changing`: it ends by itself. `blocked`: it does not.
 */
export type PhaseMeaning =
  { is: 'still' } | { is: 'changing' } | { is: 'blocked'; hint: string } | { is: 'unknown' };

const still = [
  'Cluster in healthy state',
  // With primaryUpdateStrategy: supervised, a switchover is what the operator waits for.
  'Waiting for user action',
  'Cluster upgrade delayed',
];

const changing = [
  'Switchover in progress',
  'Failing over',
  'Setting up primary',
  'Creating a new replica',
  'Upgrading cluster',
  'Upgrading Postgres major version',
  'Primary instance is being restarted in-place',
  'Primary instance is being restarted without a switchover',
  'Waiting for the instances to become active',
  'Online upgrade in progress',
  'Applying configuration',
  'Promoting to primary cluster',
];

const blocked: Readonly<Record<string, string>> = {
  'Cluster is unrecoverable and needs manual intervention':
    'restore it into a new Cluster from a backup (bootstrap.recovery)',
  'Not enough disk space':
    'enlarge its volumes (spec.storage.size, spec.walStorage.size): the operator deliberately does not fail over',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required':
    'install the plugin that spec.plugins names',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins':
    'see the log of the plugin that spec.plugins names',
  'Cluster has incomplete or invalid image catalog': 'mend its ImageCatalog, or spec.imageName',
  'Cluster cannot execute instance online upgrade due to missing architecture binary':
    'install an operator image that has the architecture of its nodes',
  'Unable to create required cluster objects': 'see the log of the operator',
  'Invalid cluster definition': 'mend the spec of the Cluster',
  'Instance Status Extraction Error: HTTP communication issue':
    'let the operator reach port 8000 of its pods (NetworkPolicy)',
};

export function meaningOfPhase(phase: string): PhaseMeaning {
  if (still.includes(phase)) return { is: 'still' };
  if (changing.includes(phase)) return { is: 'changing' };
  const hint = Object.hasOwn(blocked, phase) ? blocked[phase] : undefined;
  return hint === undefined ? { is: 'unknown' } : { is: 'blocked', hint };
}

/** As messages have it, with the operator's own reason. */
export function describePhase({
  phase,
  phaseReason,
}: {
  phase: string;
  phaseReason?: string;
}): string {
  if (phase === '') return 'without a phase';
  return phaseReason === undefined ? `"${phase}"` : `"${phase}" (${phaseReason})`;
}
