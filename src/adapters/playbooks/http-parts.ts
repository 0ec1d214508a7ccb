import { PartError } from '../../contracts/kernel/part-error.ts';
import type {
  WorkerActionPart,
  WorkerProbePart,
} from '../../contracts/recovery/playbooks/worker-parts.ts';
import type { RefuseDestination } from '../../contracts/kernel/reach.ts';
import { currentAttempt } from '../attempts/current-attempt.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { destinationOf } from '../http/destination-of.ts';
import { DestinationRefused } from '../http/destination-refused.ts';
import type { Exchange, HttpAnswer, HttpRequest } from '../http/exchange.ts';
import { resolvePointer } from '../json-http/json-pointer.ts';
import { attemptCheck } from './attempt-check.ts';

type Inputs = Readonly<Record<string, unknown>>;

const mostBody = 4_096;
const longestBody = 256 * 1_024;

/** A probe: an answer that is not as expected, and no answer, both mean that it does not serve. */
export function httpGet(exchange: Exchange, refuse: RefuseDestination): WorkerProbePart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        requireReach(urlOf(inputs['url']), refuse);
        if (typeof inputs['field'] === 'string') pointerIn({}, inputs['field']);
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const url = urlOf(inputs['url']);
      const startedAtMs = performance.now();
      const answer = await send(exchange, url, { timeoutMs: Number(inputs['timeout']) });
      const tookMs = Math.round(performance.now() - startedAtMs);
      const source = url.origin + url.pathname;
      if ('failure' in answer) {
        const outputs = { status: 0, tookMs, value: null, body: '' };
        return {
          passed: false,
          outputs,
          seen: [{ what: 'answer', source, value: answer.failure }],
        };
      }
      const { failures, value } = judge(answer, inputs);
      return {
        passed: failures.length === 0,
        outputs: { status: answer.status, tookMs, value, body: answer.body.slice(0, mostBody) },
        seen: [
          {
            ...{ what: 'status', source, value: [String(answer.status), ...failures].join(', ') },
            threshold: String(inputs['status']),
          },
        ],
      };
    },
  };
}

function judge(answer: HttpAnswer, inputs: Inputs): { failures: string[]; value: unknown } {
  const { contains, field, equals } = inputs;
  const found =
    typeof field === 'string' ? (pointerIn(readJson(answer.body), field) ?? null) : null;
  const isTooLarge = JSON.stringify(found).length > mostBody;
  const value = isTooLarge ? null : found;
  const failures = [
    ...(answer.status === inputs['status'] ? [] : ['not the expected status']),
    ...(typeof contains === 'string' && !answer.body.includes(contains)
      ? ['without the expected text']
      : []),
    ...(typeof field === 'string' && found === null ? [`without a value at ${field}`] : []),
    ...(isTooLarge ? [`the value at ${field as string} has more than 4 kB`] : []),
    ...(equals !== undefined && value !== null && JSON.stringify(value) !== JSON.stringify(equals)
      ? [`another value at ${field as string}`]
      : []),
  ];
  return { failures, value };
}

/** Sent at least once, with a key by which the other side can tell that it is the same. */
export function httpRequest(exchange: Exchange, refuse: RefuseDestination): WorkerActionPart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        requireReach(urlOf(inputs['url']), refuse);
        const { check } = inputs;
        if (typeof check !== 'string') return { problems: [], seen: [] };
        const url = urlOf(check);
        const answer = await send(exchange, url, { timeoutMs: Number(inputs['timeout']) });
        const value = 'failure' in answer ? answer.failure : String(answer.status);
        const isThere = !('failure' in answer) && answer.status < 500;
        return {
          problems: isThere ? [] : [`${check} does not answer: ${value}`],
          seen: [{ what: 'status', source: url.origin + url.pathname, value }],
        };
      }),
    perform: async ({ inputs, key }) => {
      const url = urlOf(inputs['url']);
      const { body } = inputs;
      const isText = typeof body === 'string';
      const answer = await send(exchange, url, {
        timeoutMs: Number(inputs['timeout']),
        method: inputs['method'] as 'POST',
        isWrite: true,
        headers: {
          'idempotency-key': key,
          ...(body !== undefined && { 'content-type': isText ? 'text/plain' : 'application/json' }),
        },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
      const source = url.origin + url.pathname;
      if ('failure' in answer) throw new PartError('unavailable', `${source}: ${answer.failure}`);
      const { status } = answer;
      const wanted = inputs['status'];
      const isGood = wanted === undefined ? status >= 200 && status < 300 : status === wanted;
      if (!isGood) {
        const code = status >= 500 || status === 429 ? 'unavailable' : 'refused';
        throw new PartError(code, `${source} answered ${status}`);
      }
      return {
        outputs: { status, body: answer.body.slice(0, mostBody) },
        seen: [{ what: String(inputs['method']), source, value: String(status) }],
      };
    },
  };
}

function urlOf(given: unknown): URL {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new PartError('refused', `${JSON.stringify(given)} is no http or https URL`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new PartError('refused', 'the URL has credentials in it, which everybody could read');
  }
  return url;
}

/** By the name alone: where it leads is judged again by each connection. */
function requireReach(url: URL, refuse: RefuseDestination): void {
  const refusal = refuse(destinationOf(url));
  if (refusal !== undefined) throw notReached(url, refusal);
}

function notReached(url: URL, why: string, cause?: unknown): PartError {
  return new PartError(
    'refused',
    `${url.host} ${why}; BELAY_PLAYBOOK_HOSTS lists the hosts that playbooks may ask`,
    { cause },
  );
}

async function send(
  exchange: Exchange,
  url: URL,
  { timeoutMs, ...request }: { timeoutMs: number } & Partial<HttpRequest>,
): Promise<HttpAnswer | { failure: string }> {
  const attempt = currentAttempt()?.signal;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = attempt === undefined ? timeout : AbortSignal.any([attempt, timeout]);
  try {
    return await exchange(url, { ...request, signal, maxBytes: longestBody });
  } catch (error) {
    attempt?.throwIfAborted();
    if (error instanceof DestinationRefused) {
      throw notReached(url, error.message, error);
    }
    return {
      failure: timeout.aborted ? `no answer within ${timeoutMs} ms` : describeNetworkError(error),
    };
  }
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function pointerIn(document: unknown, pointer: string): unknown {
  try {
    const resolved = resolvePointer(document, pointer);
    return resolved.kind === 'found' ? resolved.value : undefined;
  } catch (error) {
    throw new PartError('refused', error instanceof Error ? error.message : String(error));
  }
}
