import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { RunCopyCall, StopPoint } from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { requireSuccess, type ClusterTools } from '../tool/cluster-tools.ts';
import { copyFolders, logFileOf, readRecord, writeServer } from './copy-folder.ts';
import { noTargets, readControlData, serverCommand } from './server-command.ts';

/** Runs the server of a copy, so that it ends with the act. */
export async function runCopy(
  tools: ClusterTools,
  { folder, act, forMs, until }: RunCopyCall & CopyPlace,
  attempt: Attempt,
): Promise<void> {
  const folders = copyFolders(folder);
  const record = await readRecord(folders);
  const { limits } = await readControlData(tools, folders, attempt);
  const served = { folders, record, limits, logFile: logFileOf(folders, act) };
  const argv = await serverCommand(tools, served, waiting(until));
  await writeServer(folders, { ...act, ...(until && { until }) });
  const result = await tools.act(act, argv, attempt, {
    name: `run the copy of ${record.label}`,
    secrets: 'repository',
    timeoutMs: forMs,
  });
  if (result.ending === 'cancelled' || result.ending === 'timed-out') return;
  requireSuccess('the server of the copy', result);
}

function waiting(until: StopPoint | undefined): string[] {
  if (until === undefined) return [];
  return [
    ...noTargets,
    ...(until === 'consistent'
      ? ['recovery_target=immediate']
      : [
          `recovery_target_lsn=${until.lsn}`,
          `recovery_target_inclusive=${until.inclusive ? 'on' : 'off'}`,
        ]),
    'recovery_target_action=pause',
    'recovery_target_timeline=latest',
    'hot_standby=on',
  ];
}
