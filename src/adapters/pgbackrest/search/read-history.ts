import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { Among, History, ReadHistoryCall } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { bootId } from '../../../processes/boot-clock.ts';
import { copyFolders, readRecord } from '../copies/copy-folder.ts';
import { openRepository } from '../repository/repository.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { segmentsFrom } from '../wal/archive-listing.ts';
import { describeCommit, placesAmong, writeIndex, type LogIndex } from './log-index.ts';
import { LogReader } from './log-reader.ts';
import { readStaged } from './stage-log.ts';
import { findStandout } from './standout.ts';
import { findFiles } from './table-files.ts';

/** Reads the log from the set of a copy on, and leaves an index of it beside the copy. */
export async function readHistory(
  tools: ClusterTools,
  { folder, repository: name, table, untilLsn, untilMs }: ReadHistoryCall & CopyPlace,
  attempt: Attempt,
): Promise<History> {
  const folders = copyFolders(folder);
  const record = await readRecord(folders);
  const { sets, archive, segmentBytes } = await openRepository(tools, name, attempt);
  const wal = sets.find(({ label }) => label === record.label)?.wal;
  if (wal === undefined) {
    throw new AgentError('refused', `${record.label} is not in ${name} any more, or has no log`);
  }
  const segments = segmentsFrom(archive.ranges, wal.start.segment, segmentBytes);
  const reader = new LogReader({ fromLsn: wal.stop.lsn, untilLsn, untilMs });
  await readStaged(tools, { folders, record, segments }, reader, attempt);
  const found = table && (await findFiles(tools, table, attempt));
  const { commits, endLsn, oneWay } = reader;
  const index: LogIndex = {
    ...{ commits, oneWay, segments, files: found?.files ?? [], boot: bootId() },
    ...(endLsn !== undefined && { endLsn }),
  };
  await writeIndex(folders, index);
  const isKnown = index.files.length > 0;
  const why = found?.why === undefined ? [] : [`${table?.name ?? ''}: ${found.why}`];
  return {
    ...summaryOf(index, isKnown ? 'table' : 'all'),
    ...{ segments: segments.length, bytes: segments.length * segmentBytes, remarks: why },
    ...(isKnown && { touching: { commits: placesAmong(index, 'table').length } }),
  };
}

function summaryOf(index: LogIndex, among: Among) {
  const commits = index.commits.length;
  const [first, last] = [describeCommit(index, 0), describeCommit(index, commits - 1)];
  const standout = findStandout(index, among);
  return {
    commits,
    ...(first && { first }),
    ...(last && { last }),
    ...(standout && { standout }),
  };
}
