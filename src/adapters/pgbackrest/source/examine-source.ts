import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { WalPosition } from '../../../contracts/backups/backup-set.ts';
import type { SourceFacts, StoreCall } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { whoIsInCharge, type InCharge } from '../../postgres/facts/in-charge.ts';
import { configOf, openRepository, readControlData } from '../repository/repository.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import type { Archive } from '../wal/archive-listing.ts';
import { parseLsn, segmentName, usualSegmentBytes } from '../wal/segments.ts';
import { judgeSource } from './judge-source.ts';
import { userId } from './user-id.ts';
import { parseSourceState, sourceQuery, type SourceState } from './source-state.ts';

export async function examineSource(
  tools: ClusterTools,
  { component }: StoreCall,
  attempt: Attempt,
): Promise<SourceFacts> {
  const { settings } = tools;
  const [tool, server, control, owner, waiting, freeBytes, inCharge] = await Promise.all([
    readVersion(tools, attempt),
    readServer(tools, attempt),
    readControlData(tools, attempt),
    readOwner(tools, attempt),
    countWaiting(settings.dataFolder),
    statfs(settings.dataFolder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => undefined,
    ),
    whoIsInCharge(settings),
  ]);
  const config = await gather(() => configOf(tools, 'archive-push'));
  const repositories =
    tool.refusal === undefined && config.refusal === undefined
      ? await readRepositories(tools, component.repositories, attempt)
      : { archives: [], refusals: [] };
  const { state } = server;
  const verdict = judgeSource({
    ...{ settings, waiting, ...server },
    ...(owner && { owner }),
    ...(freeBytes !== undefined && { freeBytes }),
    options: config.value ?? new Map(),
    archives: repositories.archives,
  });
  const broken = [tool.refusal, config.refusal].filter((one) => one !== undefined);
  return {
    refusals: [...broken, ...verdict.refusals, ...repositories.refusals],
    remarks: verdict.remarks,
    tool: tool.version,
    ...(control?.systemId !== undefined && { identity: control.systemId }),
    ...(state && { bytes: state.bytes }),
    ...(state && {
      database: describeDatabase(state, {
        waiting,
        segmentBytes: control?.segmentBytes ?? usualSegmentBytes,
        ...(inCharge !== undefined && { inCharge }),
      }),
    }),
  };
}

async function gather<T>(read: () => Promise<T>): Promise<{ value?: T; refusal?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    const isAnswer = error instanceof AgentError && error.code !== 'away';
    if (isAnswer) return { refusal: error.message };
    throw error;
  }
}

async function readVersion(
  tools: ClusterTools,
  attempt: Attempt,
): Promise<{ version: string; refusal?: string }> {
  const { program } = tools.settings.pgbackrest;
  const { value, refusal } = await gather(() => tools.read([program, 'version'], attempt));
  if (value?.exitCode === 0) return { version: value.stdout.trim() };
  const said = refusal ?? (value && describeToolFailure(value)) ?? '';
  return { version: 'pgBackRest', refusal: `${program} cannot be run: ${said}` };
}

async function readServer(
  tools: ClusterTools,
  attempt: Attempt,
): Promise<{ state?: SourceState; unreachable?: string }> {
  const { value, refusal } = await gather(() => tools.psql(tools.place, [sourceQuery], attempt));
  if (value?.exitCode === 0) return { state: parseSourceState(value.stdout) };
  return { unreachable: refusal ?? (value && describeToolFailure(value)) ?? '' };
}

async function readOwner(
  tools: ClusterTools,
  attempt: Attempt,
): Promise<{ uid: number; wanted?: number } | undefined> {
  const found = await stat(tools.settings.dataFolder).catch(() => undefined);
  if (found === undefined) return undefined;
  const { value: wanted } = await gather(() => userId(tools, attempt));
  return { uid: found.uid, ...(wanted !== undefined && { wanted }) };
}

async function countWaiting(dataFolder: string): Promise<number> {
  const names = await readdir(join(dataFolder, 'pg_wal', 'archive_status')).catch(() => []);
  return names.filter((name) => name.endsWith('.ready')).length;
}

async function readRepositories(
  tools: ClusterTools,
  names: readonly string[],
  attempt: Attempt,
): Promise<{ archives: { repository: string; archive: Archive }[]; refusals: string[] }> {
  const archives: { repository: string; archive: Archive }[] = [];
  const refusals: string[] = [];
  for (const name of names) {
    const { value, refusal } = await gather(() => openRepository(tools, name, attempt));
    if (value) archives.push({ repository: name, archive: value.archive });
    if (refusal !== undefined && !refusals.includes(refusal)) refusals.push(refusal);
  }
  return { archives, refusals };
}

function describeDatabase(
  state: SourceState,
  {
    waiting,
    segmentBytes,
    inCharge,
  }: { waiting: number; segmentBytes: number; inCharge?: InCharge },
): NonNullable<SourceFacts['database']> {
  const { lastArchived, lastArchivedAt, lastFailed, lastFailedAt } = state;
  const at = positionOf(state, segmentBytes);
  return {
    version: state.version.split(' ')[0] ?? state.version,
    role: state.standby ? 'standby' : 'primary',
    running: true,
    ...(inCharge !== undefined && { managedBy: inCharge.why }),
    ...(inCharge?.manager === 'CloudNativePG' && { manager: inCharge.manager }),
    ...(at && { at }),
    archiver: {
      ...(lastArchived !== null && { lastArchived }),
      ...(lastArchivedAt !== null && { lastArchivedAtMs: Math.floor(lastArchivedAt) }),
      ...(lastFailed !== null && { lastFailed }),
      ...(lastFailedAt !== null && { lastFailedAtMs: Math.floor(lastFailedAt) }),
      waiting,
    },
  };
}

function positionOf(
  { lsn, segment, timeline }: SourceState,
  segmentBytes: number,
): WalPosition | undefined {
  const position = lsn === null ? undefined : parseLsn(lsn);
  if (lsn === null || position === undefined) return undefined;
  if (segment !== null) {
    return { timeline: Number.parseInt(segment.slice(0, 8), 16), segment, lsn };
  }
  const number = Number(position / BigInt(segmentBytes));
  return { timeline, segment: segmentName({ timeline, number }, segmentBytes), lsn };
}
