import { findAccount } from '../../config/account.ts';
import type { BackupProvider } from '../../contracts/backups/provider.ts';
import {
  copyName,
  type RepositoryCall,
  type RestoredCopy,
  type RestoreSetCall,
} from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { BackupSettings } from '../../specs/backups/agent-settings.ts';
import { providerOf, refuse, requireCopies, type BackupParts } from './backup-parts.ts';

/** Restores a set: as a copy with a record and a time, unless it is restored for good. */
export async function restoreSet(
  parts: BackupParts,
  call: RestoreSetCall,
  attempt: Attempt,
): Promise<RestoredCopy> {
  const { repository, label, into } = call;
  const touchesSource = into.kind !== 'copy';
  await refuse(parts, call, { repositories: [repository], labels: [label], touchesSource, into });
  const provider = providerOf(parts, call);
  // What is restored for good is not swept.
  const isForGood =
    into.kind === 'place' || into.kind === 'next' || (into.kind === 'namespaces' && !into.drill);
  if (isForGood) return provider.restoreSet(call, attempt);
  const copies = requireCopies(parts);
  const { plan, component, keepForMs, act } = call;
  const copy = copyName(act);
  return parts.calls.during({ copies, copy }, attempt, async (following) => {
    const known = await copies.read(copy);
    const bytes = known?.bytes ?? (await sizeOnHost(provider, call, attempt));
    const removeAtMs = Date.now() + keepForMs;
    const record = { copy, plan, component, bytes, keepForMs, removeAtMs, acts: [act] };
    const folder = await copies.open(record, await ownerOf(parts.settings, call));
    const restored = await provider.restoreSet({ ...call, folder }, following);
    await copies.endRestore(copy);
    return restored;
  });
}

/** Of the copy's folder. Throws AgentError where there is no such set. */
async function sizeOnHost(
  provider: BackupProvider,
  call: RestoreSetCall,
  attempt: Attempt,
): Promise<number> {
  const { repository, label, component } = call;
  if (component.source.kind === 'volumes') return 0;
  if (provider.measureSet) return provider.measureSet(call, attempt);
  const { sets } = await provider.readRepository(call, attempt);
  const set = sets.find((each) => each.label === label);
  if (set === undefined) {
    throw new AgentError('refused', `repository ${repository} has no set ${label}`);
  }
  return set.bytes;
}

/** Of a copy's folder: the account of the tool that restores; absent: that of the agent. */
async function ownerOf(
  { clusters, repositories }: BackupSettings,
  { component: { source }, repository }: RepositoryCall,
) {
  if (source.kind === 'volumes') return undefined;
  const user =
    source.kind === 'postgres'
      ? clusters.find(({ name }) => name === source.cluster)?.user
      : repositories.find(({ name }) => name === repository)?.user;
  if (user === undefined || process.getuid?.() !== 0) return undefined;
  const account = await findAccount(user);
  if (account) return account;
  throw new AgentError('unfinished', `there is no account ${user} on this host`);
}
