import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { ResticRepositorySettings } from '../../../specs/backups/agent-settings.ts';
import type { SecretRef } from '../../../specs/kernel/notifications.ts';

/** What restic reads under another name where it is of the repository that is copied from. */
const renamed = ['PASSWORD', 'PASSWORD_FILE', 'PASSWORD_COMMAND', 'KEY_HINT'];

type Variables = Readonly<Record<string, string | SecretRef>>;

/**
 * The variables of the repository that `copy` reads. Both repositories have the same credentials of
 * their stores, as restic reads them from the same variables. Throws AgentError where they differ.
 */
export function fromVariables(
  from: ResticRepositorySettings,
  to: ResticRepositorySettings,
): { environment: Record<string, string>; secrets: Record<string, SecretRef> } {
  refuseDifferent(from, to);
  return {
    environment: { ...rename(from.environment), RESTIC_FROM_REPOSITORY: from.location },
    secrets: rename(from.secrets),
  };
}

function rename<Value>(variables: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => name !== 'RESTIC_CACHE_DIR')
      .map(([name, value]) => [nameInCopy(name), value]),
  );
}

function nameInCopy(name: string): string {
  const own = renamed.find((one) => name === `RESTIC_${one}`);
  return own === undefined ? name : `RESTIC_FROM_${own}`;
}

function refuseDifferent(from: ResticRepositorySettings, to: ResticRepositorySettings): void {
  const ofBoth = (settings: ResticRepositorySettings): Variables => ({
    ...settings.environment,
    ...settings.secrets,
  });
  const theirs = ofBoth(to);
  const different = Object.entries(ofBoth(from))
    .filter(([name]) => !name.startsWith('RESTIC_') && theirs[name] !== undefined)
    .filter(([name, value]) => JSON.stringify(theirs[name]) !== JSON.stringify(value))
    .map(([name]) => name);
  if (different.length === 0) return;
  throw new AgentError(
    'refused',
    `restic cannot copy from ${from.name} to ${to.name}: it has one ${different.join(' and one ')} for both, ` +
      'and the agent’s settings give each another; use credentials that may read the one and write the other',
  );
}
