import type { IncomingMessage } from 'node:http';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Connection } from './connection.ts';
import { httpCall, readBody, type ApiRequest } from './requests.ts';
import { isUnauthenticated, readStatus, refusalOf, type Status } from './refusal.ts';
import { isPassing } from './retry.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: unknown;
}

/** The server no longer has the events since this version: list again. */
export class Expired extends Error {
  override readonly name = 'Expired';
}

export interface WatchLimits {
  /** The longest wait for the watch to open, in milliseconds. */
  openMs: number;
  /** The longest time without an event; the server sends a bookmark about every minute. */
  quietMs: number;
}

/** Opens a watch, which yields events until the server closes it. Throws Expired or a PlatformError. */
export async function openWatch(
  connection: Connection,
  request: ApiRequest,
  { openMs, quietMs }: WatchLimits,
  stop: AbortSignal,
): Promise<AsyncIterable<WatchEvent>> {
  const watchdog = createWatchdog(stop);
  watchdog.expectWithin(openMs);
  try {
    const response = await connection.openStream(httpCall(request), watchdog.signal);
    if (response.statusCode !== 200) throw await refused(connection, request, response);
    return events(response, () => watchdog.expectWithin(quietMs), watchdog.rest);
  } catch (error) {
    watchdog.rest();
    throw error;
  }
}

async function* events(
  response: IncomingMessage,
  heard: () => void,
  done: () => void,
): AsyncGenerator<WatchEvent> {
  try {
    heard();
    response.setEncoding('utf8');
    let rest = '';
    for await (const chunk of response) {
      heard();
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield readEvent(line);
    }
  } finally {
    done();
  }
}

function readEvent(line: string): WatchEvent {
  const event = JSON.parse(line) as WatchEvent | { type: 'ERROR'; object: Status };
  if (event.type !== 'ERROR') return event;
  throw failed(event.object.code ?? 500, event.object);
}

async function refused(
  connection: Connection,
  request: ApiRequest,
  response: IncomingMessage,
): Promise<Error> {
  const code = response.statusCode ?? 500;
  const status = readStatus(await readBody(response));
  if (code === 410 || isPassing(code)) return failed(code, status);
  const refusal = refusalOf(request, code, status);
  if (isUnauthenticated(refusal)) connection.renewCredentials();
  return refusal;
}

function failed(code: number, { message }: Status): Error {
  const why = `${code}${message === undefined ? '' : `, ${message.slice(0, 200)}`}`;
  return code === 410 ? new Expired(why) : new PlatformError('unavailable', why);
}

/** Aborts if nothing arrives in time, because a dead connection does not report itself. */
function createWatchdog(stop: AbortSignal) {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => silence.abort(new Error('it went silent'));
  const stopped = () => silence.abort(stop.reason);
  stop.addEventListener('abort', stopped);
  return {
    signal: silence.signal,
    expectWithin: (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    },
    rest: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', stopped);
      silence.abort(new Error('the watch is over'));
    },
  };
}
