import type { Source } from '../../contracts/backups/source.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import {
  isWithinAny,
  judgeStoreCall,
  type NamedByCall,
} from '../../policies/backups/agents/judge-store-call.ts';
import type { BackupSettings } from '../../specs/backups/agent-settings.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { resolvePlace } from './resolve-place.ts';

/** Throws AgentError with every reason why the agent's settings do not allow a call. */
export async function refuseCall(
  { agent, settings }: { agent: string; settings: BackupSettings },
  named: NamedByCall,
): Promise<void> {
  const reasons = [
    ...judgeStoreCall(settings, named),
    ...(named.touchesSource ? await judgePaths(settings, named.source) : []),
  ];
  if (reasons.length === 0) return;
  throw new AgentError(
    'refused',
    [`agent ${agent} does not do this:`, ...reasons.map((reason) => `  ${reason}`)].join('\n'),
  );
}

async function judgePaths({ paths }: BackupSettings, source: Source): Promise<string[]> {
  if (!('paths' in source)) return [];
  const allowed = await Promise.all(paths.map(resolvePlace));
  const judged = await Promise.all(source.paths.map((path) => judgePath(path, allowed)));
  const accepted = paths.length === 0 ? 'which name none' : `which are ${paths.join(', ')}`;
  return judged.flatMap((reason) =>
    reason === undefined ? [] : [`${reason} outside the paths of its settings, ${accepted}`],
  );
}

async function judgePath(path: string, allowed: readonly string[]): Promise<string | undefined> {
  if (!path.startsWith('/')) return `${showGiven(path)} is no absolute path, and so`;
  const place = await resolvePlace(path).catch((error: unknown) => {
    throw new AgentError('unfinished', `${path} cannot be read`, { cause: error });
  });
  if (isWithinAny(place, allowed)) return undefined;
  return place === path ? `${path} is` : `${path} leads to ${place}, which is`;
}
