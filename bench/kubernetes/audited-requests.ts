import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** One request of Belay's that the API server has answered, or a watch that it has opened. */
export interface AuditedRequest {
  verb: string;
  resource: string;
  /** Absent: all namespaces. */
  namespace?: string;
  /** Absent: the collection. */
  name?: string;
  /** When it came in, milliseconds since the epoch. */
  atMs: number;
}

interface AuditEvent {
  stage: string;
  verb: string;
  userAgent?: string;
  requestReceivedTimestamp: string;
  objectRef?: { resource: string; namespace?: string; name?: string };
}

/** Where a log ends now: what is read from there on came later. */
export async function endOfLog(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Belay's requests in this namespace, from this byte of the log on. */
export async function readRequests(
  path: string,
  { from, namespace }: { from: number; namespace: string },
): Promise<AuditedRequest[]> {
  const requests: AuditedRequest[] = [];
  for await (const line of createInterface(createReadStream(path, { start: from }))) {
    const request = readAuditLine(line);
    if (request?.namespace === namespace) requests.push(request);
  }
  return requests;
}

/** Undefined: not Belay's, or a stage of it that is not counted. */
export function readAuditLine(line: string): AuditedRequest | undefined {
  if (!line.includes('"userAgent":"belay/') || !line.endsWith('}')) return undefined;
  const { stage, verb, objectRef, requestReceivedTimestamp } = JSON.parse(line) as AuditEvent;
  // A watch is over only an hour later; whatever else is over is so once.
  if (stage !== (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete')) return undefined;
  const { resource = 'none', namespace, name } = objectRef ?? {};
  return {
    verb,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    atMs: Date.parse(requestReceivedTimestamp),
  };
}
