import { basename, join } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CopyFolders, CopyRecord } from '../copies/copy-folder.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { readingFailed } from '../tool/reading-failed.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import type { LogReader } from './log-reader.ts';

/** Segments that are on disk at once. */
const window = 16;
/** Fetched side by side. */
const atOnce = 4;
/** A record may go on from one segment to the next. */
const overlap = 1;
/** A log of at most so many bytes stays on disk: the server of the copy replays it from there. */
const mostKeptBytes = 512 * 1_048_576;

interface StagedLog {
  folders: CopyFolders;
  record: CopyRecord;
  /** In order; the timeline may change on the way. */
  segments: readonly string[];
}

/**
 * Reads a log by pg_waldump, a few segments at a time. All are staged under the timeline of the last one:
 * a reading goes on over the place where a timeline begins, as recovery does.
 */
export async function readStaged(
  tools: ClusterTools,
  { folders, record, segments }: StagedLog,
  reader: LogReader,
  attempt: Attempt,
): Promise<void> {
  const folder = folders.wal;
  await run(tools, ['/bin/rm', '-rf', '--', folder], attempt);
  await run(tools, ['/bin/mkdir', '-m', '0700', '--', folder], attempt);
  const pathOf = (segment: string) => stagedPath(folders, segments, segment);
  const isKept = segments.length * record.segmentBytes <= mostKeptBytes;
  const program = await tools.program('pg_waldump', folders.data);
  for (let from = 0; from < segments.length; from += window) {
    const part = segments.slice(from, from + window);
    for (let next = 0; next < part.length; next += atOnce) {
      const wanted = part.slice(next, next + atOnce);
      const fetchOne = (segment: string) =>
        fetchSegment(tools, { folders, record, segment, to: pathOf(segment) }, attempt);
      await Promise.all(wanted.map(fetchOne));
    }
    const [first] = segments.slice(Math.max(0, from - overlap), from + 1);
    const names = [first ?? '', part.at(-1) ?? ''].map((name) => basename(pathOf(name)));
    const since = reader.lastLsn === undefined ? [] : ['--start', reader.lastLsn];
    const argv = [program, '--path', folder, ...since, ...names];
    const answer = await tools.read(argv, attempt, {
      onLine: (line) => {
        reader.take(line);
      },
    });
    const isAtEnd = from + window >= segments.length;
    refuseUnread(answer.exitCode, answer.stderr, isAtEnd);
    const done = segments.slice(Math.max(0, from - overlap), from + part.length - overlap);
    if (!isKept) await run(tools, ['/bin/rm', '-f', '--', ...done.map(pathOf)], attempt);
  }
  if (!isKept)
    await run(tools, ['/bin/rm', '-f', '--', ...segments.slice(-1).map(pathOf)], attempt);
}

/** Under the timeline of the last one. */
export function stagedPath(
  { wal }: CopyFolders,
  segments: readonly string[],
  segment: string,
): string {
  const timeline = segments.at(-1)?.slice(0, 8) ?? '';
  return join(wal, `${timeline}${segment.slice(8)}`);
}

/** The last segment may end before its end, where whoever wrote it died. */
function refuseUnread(exitCode: number, stderr: string, isAtEnd: boolean): void {
  if (exitCode === 0) return;
  const isEnd = /invalid record length|invalid magic number|out-of-sequence|unexpected pageaddr/;
  if (isAtEnd && isEnd.test(stderr)) return;
  const said = describeToolFailure({ exitCode, stdout: '', stderr });
  throw new AgentError('refused', `the log cannot be read: pg_waldump: ${said}`);
}

/** Into a folder of the copy. */
export async function fetchSegment(
  tools: ClusterTools,
  { folders, record, segment, to }: Omit<StagedLog, 'segments'> & { segment: string; to: string },
  attempt: Attempt,
): Promise<void> {
  const answer = await tools.readRepository(
    [
      ...[`--repo=${record.repository}`, `--pg1-path=${folders.data}`, '--no-archive-async'],
      ...['archive-get', segment, to],
    ],
    attempt,
  );
  if (answer.exitCode === 0) return;
  if (answer.exitCode !== 1) throw readingFailed(`archive-get ${segment}`, answer);
  throw new AgentError('refused', `segment ${segment} is not in the repository any more`);
}

async function run(tools: ClusterTools, argv: readonly string[], attempt: Attempt): Promise<void> {
  const answer = await tools.read(argv, attempt);
  if (answer.exitCode !== 0) {
    throw new AgentError('unfinished', `${argv[0] ?? ''}: ${describeToolFailure(answer)}`);
  }
}
