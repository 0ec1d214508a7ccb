import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InspectServerCall, ServerState } from '../../../contracts/backups/place.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CopyLog } from '../copies/copy-log.ts';
import { recoveryQuery } from '../copies/inspect-copy.ts';
import { judgeCopy, type CopyAnswer } from '../copies/judge-copy.ts';
import { readControlData } from '../repository/repository.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { oneLine } from '../tool/tool-failure.ts';
import { usualSegmentBytes } from '../wal/segments.ts';
import { isServerRunning } from './find-server.ts';

/** Where the server of the cluster stands: by what it answers, its process, and its own log where it has one. */
export async function inspectServer(
  tools: ClusterTools,
  { reaches }: InspectServerCall,
  attempt: Attempt,
): Promise<ServerState> {
  const running = await isServerRunning(tools, attempt);
  const answered = running ? await tools.psql(tools.place, [recoveryQuery], attempt) : undefined;
  const answer = answered?.exitCode === 0 ? (JSON.parse(answered.stdout) as CopyAnswer) : undefined;
  const control = await readControlData(tools, attempt);
  const state = judgeCopy({
    record: {
      segmentBytes: control?.segmentBytes ?? usualSegmentBytes,
      ...(reaches !== undefined && { reaches }),
    },
    log: {
      ...(running ? {} : await readLastWords(tools, attempt)),
      ...{
        isStarted: true,
        isRecovering: true,
        isDown: false,
        hasStopped: false,
        isConsistent: true,
      },
    },
    hasPid: running,
    ...(answer && { answer }),
    ...(control && { control }),
  });
  return { ...state, ...(control?.systemId !== undefined && { identity: control.systemId }) };
}

const lastBytes = 65_536;

/** Of the last start; nothing where PostgreSQL leaves its log to somebody else. */
async function readLastWords(
  tools: ClusterTools,
  attempt: Attempt,
): Promise<Pick<CopyLog, 'fatal'>> {
  const { dataFolder } = tools.settings;
  const listed = await readFile(join(dataFolder, 'current_logfiles'), 'utf8').catch(() => '');
  const file = /^stderr (.+)$/m.exec(listed)?.[1];
  if (file === undefined) return {};
  const path = file.startsWith('/') ? file : join(dataFolder, file);
  const tail = await tools.read(['/usr/bin/tail', `--bytes=${lastBytes}`, '--', path], attempt);
  const begin = tail.stdout.lastIndexOf('starting PostgreSQL');
  const fatals = tail.stdout.slice(Math.max(0, begin)).match(/(?:FATAL|PANIC):.*/g) ?? [];
  const last = fatals.at(-1);
  return tail.exitCode === 0 && last !== undefined ? { fatal: oneLine(last).slice(0, 400) } : {};
}
