import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import {
  linkInto,
  makeFolder,
  makeInto,
  openOwn,
  type CopyFolders,
  type CopyRecord,
} from '../copies/copy-folder.ts';
import { archiveGetOf, shellWord } from '../copies/server-command.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import { lsnOfSegment, parseSegment } from '../wal/segments.ts';
import { fetchSegment, stagedPath } from './stage-log.ts';

interface GatedCopy {
  folders: CopyFolders;
  record: CopyRecord;
  segments: readonly string[];
}

/** A segment of which the server has the first bytes: zeros after them end the log for it. */
interface PartOfSegment {
  segment: string;
  from: FileHandle;
  to: FileHandle;
  bytes: number;
  /** It was fetched for this alone. */
  isFetched: boolean;
}

const chunkBytes = 1_048_576;

/**
 * How much of the log the server of a copy may replay. A server in standby mode asks for more again and
 * again, so that it goes on as soon as there is more, and waits between two records until then.
 */
export class LogGate {
  readonly #tools: ClusterTools;
  readonly #copy: GatedCopy;
  readonly #attempt: Attempt;
  /** Segments that are open as a whole. */
  #whole = 0;
  #part: PartOfSegment | undefined;

  private constructor(tools: ClusterTools, copy: GatedCopy, attempt: Attempt) {
    this.#tools = tools;
    this.#copy = copy;
    this.#attempt = attempt;
  }

  /** Nothing is open yet. What an earlier server was given is removed, also from its own folder. */
  static async close(tools: ClusterTools, copy: GatedCopy, attempt: Attempt): Promise<LogGate> {
    const { folders } = copy;
    await makeFolder(folders.gate, folders);
    const places = [folders.gate, join(folders.data, 'pg_wal')];
    const argv = ['/usr/bin/find', ...places, '-maxdepth', '1', '-type', 'f', '-delete'];
    const answer = await tools.read(argv, attempt);
    if (answer.exitCode === 0) return new LogGate(tools, copy, attempt);
    throw new AgentError('unfinished', `find: ${describeToolFailure(answer)}`);
  }

  /** As the server is told to fetch a segment. One that is not open is not there. */
  get restoreCommand(): string {
    const { folders } = this.#copy;
    const fetch = archiveGetOf(this.#tools, this.#copy);
    const open = `${shellWord(`${folders.gate}/`)}%f`;
    return [
      `if [ -e ${open} ]; then exec /bin/ln -- ${open} "%p"; fi`,
      `if [ -e ${open}.fetch ]; then exec ${fetch}; fi`,
      // Which timelines there are is no secret.
      `case %f in *.history) exec ${fetch};; esac`,
      'exit 1',
    ].join('; ');
  }

  /** Up to a record, which is left out; absent: all of the log. */
  async openTo(lsn: bigint | undefined): Promise<void> {
    const { segments, record } = this.#copy;
    const { segmentBytes } = record;
    for (; this.#whole < segments.length; this.#whole += 1) {
      const segment = segments[this.#whole] ?? '';
      const begin = lsnOfSegment(parseSegment(segment, segmentBytes)?.number ?? 0, segmentBytes);
      const bytes = lsn === undefined ? segmentBytes : Number(lsn - begin);
      if (bytes <= 0) return;
      if (bytes < segmentBytes) {
        await this.#openPart(segment, bytes);
        return;
      }
      await this.#openWhole(segment);
    }
  }

  async end(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return;
    await Promise.all([part.from.close(), part.to.close()]);
    if (!part.isFetched) return;
    const argv = ['/bin/rm', '-f', '--', this.#stagedPath(part.segment)];
    const { signal } = new AbortController();
    await this.#tools.read(argv, { ...this.#attempt, cancelled: signal, leaving: signal });
  }

  async #openWhole(segment: string): Promise<void> {
    const { folders } = this.#copy;
    if (this.#part?.segment === segment) {
      await this.#extend(this.#part, this.#copy.record.segmentBytes);
      await this.end();
      return;
    }
    const [staged, open] = [this.#stagedPath(segment), join(folders.gate, segment)];
    if (existsSync(staged)) await linkInto(staged, open);
    else await (await makeInto(folders, `${open}.fetch`, 0)).close();
  }

  async #openPart(segment: string, bytes: number): Promise<void> {
    this.#part ??= await this.#beginPart(segment);
    await this.#extend(this.#part, bytes);
  }

  async #beginPart(segment: string): Promise<PartOfSegment> {
    const { folders, record } = this.#copy;
    const staged = this.#stagedPath(segment);
    const isFetched = !existsSync(staged);
    if (isFetched) {
      // Half of one is never found under its name.
      const fetched = `${staged}.fetched`;
      const order = { folders, record, segment, to: fetched };
      await fetchSegment(this.#tools, order, this.#attempt);
      await this.#rename(fetched, staged);
    }
    const from = await openOwn(folders, staged);
    const to = await makeInto(folders, join(folders.gate, segment), record.segmentBytes);
    return { segment, from, to, bytes: 0, isFetched };
  }

  async #rename(from: string, to: string): Promise<void> {
    const answer = await this.#tools.read(['/bin/mv', '-f', '--', from, to], this.#attempt);
    if (answer.exitCode === 0) return;
    throw new AgentError('unfinished', `mv: ${describeToolFailure(answer)}`);
  }

  async #extend(part: PartOfSegment, bytes: number): Promise<void> {
    const chunk = Buffer.alloc(Math.min(chunkBytes, Math.max(0, bytes - part.bytes)));
    while (part.bytes < bytes) {
      const wanted = Math.min(chunk.length, bytes - part.bytes);
      const { bytesRead } = await part.from.read(chunk, 0, wanted, part.bytes);
      if (bytesRead === 0) throw new AgentError('refused', `segment ${part.segment} is cut off`);
      await part.to.write(chunk, 0, bytesRead, part.bytes);
      part.bytes += bytesRead;
    }
  }

  #stagedPath(segment: string): string {
    return stagedPath(this.#copy.folders, this.#copy.segments, segment);
  }
}
