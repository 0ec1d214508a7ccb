/** Clients of a service: a constant rate of requests, and the result of every response. */
import { Agent, request } from 'node:http';

export interface LoadOptions {
  url: string;
  ratePerSecond: number;
  /** A new connection for each request, or connections that are used again. */
  keepAlive: boolean;
  /** An unanswered request counts as lost after this. */
  timeoutMs?: number;
  /**
   * Sends a request again on a new connection if a kept one was closed before any part of its response
   * arrived, as HTTP clients do with requests that are safe to repeat (RFC 9112, 9.3.1). Default: no.
   */
  repeats?: boolean;
  /** Called for every response that names a version. Milliseconds since the epoch. */
  onAnswer?: (version: string, atMs: number) => void;
  /** Called for every response with a 5xx. Milliseconds since the epoch. */
  onError?: (atMs: number) => void;
}

export interface LoadCounts {
  sent: number;
  byStatus: Record<string, number>;
  /** By the `version` in a JSON response. */
  byVersion: Record<string, number>;
  /** When the last response of each version arrived, in milliseconds since the epoch. */
  lastAnswerAtMs: Record<string, number>;
  /** Requests without a response, and those answered with a 4xx or 5xx. */
  lost: number;
  /** Requests that were sent again because their kept connection had been closed. */
  repeated: number;
  /** When the first lost requests were lost, and how. */
  problems: string[];
}

export interface Load {
  /** The counts so far; open requests are only in `sent`. */
  readonly counts: LoadCounts;
  /** Sends no more requests, and waits for the open ones. */
  stop(): Promise<LoadCounts>;
}

interface Answer {
  status: number;
  body: string;
}

const tickMs = 5;
/** More than these wait: after a time without CPU, all requests that are due would open connections at once. */
const mostOpen = 100;
const keptProblems = 10;

/** The rate does not depend on how fast responses arrive. */
export function startLoad({
  url,
  ratePerSecond,
  keepAlive,
  timeoutMs = 15_000,
  repeats = false,
  onAnswer,
  onError,
}: LoadOptions): Load {
  const agent = new Agent({ keepAlive });
  const startedAt = performance.now();
  const open = new Set<Promise<void>>();
  const counts: LoadCounts = {
    sent: 0,
    byStatus: {},
    byVersion: {},
    lastAnswerAtMs: {},
    lost: 0,
    repeated: 0,
    problems: [],
  };

  const sendOne = () => {
    counts.sent += 1;
    const exchange = ask(url, agent, timeoutMs)
      .catch((error: unknown) => {
        if (!repeats || !(error instanceof ClosedWhileKept)) throw error;
        counts.repeated += 1;
        return ask(url, false, timeoutMs);
      })
      .then((answer) => {
        if (answer.status >= 500) onError?.(Date.now());
        countAnswer(counts, answer, onAnswer);
      })
      .catch((error: unknown) => countLost(counts, String(error)))
      .finally(() => open.delete(exchange));
    open.add(exchange);
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * ratePerSecond);
    while (counts.sent < due && open.size < mostOpen) sendOne();
  }, tickMs);

  return {
    counts,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return counts;
    },
  };
}

/** The server had closed a connection that had been used before, and did not answer this request. */
class ClosedWhileKept extends Error {
  override readonly name = 'ClosedWhileKept';
}

const closedBeforeAnswer = ['ECONNRESET', 'EPIPE'];

/** Without an agent, on a new connection. */
function ask(url: string, agent: Agent | false, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const sent = request(url, { agent, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      hasBegun = true;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed =
        sent.reusedSocket && !hasBegun && closedBeforeAnswer.includes(error.code ?? '');
      reject(isClosed ? new ClosedWhileKept(error.message, { cause: error }) : error);
    });
    sent.end();
  });
}

function countAnswer(
  counts: LoadCounts,
  { status, body }: Answer,
  onAnswer: LoadOptions['onAnswer'],
): void {
  increment(counts.byStatus, String(status));
  const version = versionIn(body);
  if (version !== undefined) {
    const atMs = Date.now();
    increment(counts.byVersion, version);
    counts.lastAnswerAtMs[version] = atMs;
    onAnswer?.(version, atMs);
  }
  if (status >= 400) countLost(counts, `${status}: ${body.slice(0, 200)}`);
}

function countLost(counts: LoadCounts, problem: string): void {
  counts.lost += 1;
  if (counts.problems.length >= keptProblems) return;
  counts.problems.push(`${new Date().toISOString()} ${problem}`);
}

function versionIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { version?: string }).version;
  } catch {
    return undefined;
  }
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
