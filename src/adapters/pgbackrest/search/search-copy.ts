import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { PlanStops, SearchCopyCall, SearchedPass } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { bootId } from '../../../processes/boot-clock.ts';
import { copyFolders, readRecord } from '../copies/copy-folder.ts';
import { readControlData } from '../copies/server-command.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { askStandby } from './ask-standby.ts';
import { earliestState } from './earliest-state.ts';
import { LogGate } from './log-gate.ts';
import { limitOf, readIndex } from './log-index.ts';
import { endLeft, runStandby } from './run-standby.ts';
import { SearchPass } from './search-pass.ts';
import { StandbyFailed } from './standby-failed.ts';

/** One pass: forward, from where the copy can begin, until the check does not hold any more. */
export async function searchCopy(
  tools: ClusterTools,
  call: SearchCopyCall & CopyPlace & { planStops: PlanStops },
  attempt: Attempt,
): Promise<SearchedPass> {
  const beganAtMs = performance.now();
  const folders = copyFolders(call.folder);
  const [record, index] = [await readRecord(folders), await readIndex(folders)];
  const pass = new SearchPass(index, call);
  const { segments } = index;
  await endLeft(tools, folders.data, attempt);
  const [{ limits, minRecoveryLsn }, gate] = await Promise.all([
    readControlData(tools, folders, attempt),
    LogGate.close(tools, { folders, record, segments }, attempt),
  ]);
  const isFresh = existsSync(join(folders.data, 'backup_label'));
  if (!isFresh && index.boot !== undefined && index.boot !== bootId()) {
    return { ...pass.result(), spent: 'its host was started again' };
  }
  const from = earliestState(index, { isFresh, minRecoveryLsn, bad: call.bad });
  if (pass.stopsFrom(from).length === 0) {
    return { ...pass.result(), spent: 'its pages on disk are of a later state' };
  }
  const timeline = Number.parseInt(segments.at(-1)?.slice(0, 8) ?? '', 16);
  if (Number.isNaN(timeline)) {
    return { ...pass.result(), unable: 'its log was read by an earlier version of the agent' };
  }
  try {
    await gate.openTo(limitOf(index, from));
    const copy = { folders, record, limits };
    const openedMs = await runStandby(tools, { copy, gate, timeline }, attempt, async (standby) => {
      const isOpenMs = performance.now() - beganAtMs;
      const asked = { folder: call.folder, session: standby.session, check: call.check };
      await pass.go({
        from,
        segmentBytes: record.segmentBytes,
        gate,
        standby,
        ask: () => askStandby(tools, asked, attempt),
      });
      return isOpenMs;
    });
    return pass.result(openedMs);
  } catch (error) {
    if (error instanceof StandbyFailed) return { ...pass.result(), unable: error.message };
    // Such as a full disk, which may have room again soon.
    throw error instanceof AgentError ? error : new AgentError('unfinished', String(error));
  } finally {
    // What it could not remove is fetched again.
    await gate.end().catch(() => undefined);
  }
}
