import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** One request of Belay that the API server has answered, or a watch that it has opened. */
export interface AuditedRequest {
  verb: string;
  resource: string;
  /** Absent: all namespaces. */
  namespace?: string;
  /** Absent: the collection. */
  name?: string;
  /** When it arrived, in milliseconds since the epoch. */
  atMs: number;
}

interface AuditEvent {
  stage: string;
  verb: string;
  userAgent?: string;
  requestReceivedTimestamp: string;
  objectRef?: { resource: string; namespace?: string; name?: string };
}

/** The current end of a log: what is read from there was written later. */
export async function endOfLog(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Belay's requests in this namespace, starting at this byte of the log. */
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

/** Undefined if it is not Belay's, or a stage that is not counted. */
export function readAuditLine(line: string): AuditedRequest | undefined {
  if (!line.includes('"userAgent":"belay/') || !line.endsWith('}')) return undefined;
  const { stage, verb, objectRef, requestReceivedTimestamp } = JSON.parse(line) as AuditEvent;
  // A watch ends only an hour later; every other request ends once.
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
