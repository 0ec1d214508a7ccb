import { readFile } from 'node:fs/promises';
import { createClient } from '@redis/client';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import type { SharedAnswers } from '../../contracts/kernel/caches.ts';

export interface RedisSettings {
  url: string;
  /** The password, instead of one in the URL. */
  passwordFile?: string;
}

interface Limits {
  connectWithinMs: number;
  answerWithinMs: number;
}

export interface Redis extends SharedAnswers {
  /** Where it is, without its password: it may be shown. */
  place: string;
  /** Rejects where it does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

type Client = ReturnType<typeof clientOf>;

/** Shorter than any source takes that is worth a cache: whoever waits for Redis waits in addition. */
const shortly: Limits = { connectWithinMs: 500, answerWithinMs: 250 };

/**
 * Answers in a Redis. Nothing is connected before the first call. A connection that fails once, or is late,
 * is dropped, and the next call that the guard lets through makes another one: nothing is queued meanwhile.
 */
export function openRedis(
  { url, passwordFile }: RedisSettings,
  guard: Guard,
  { connectWithinMs, answerWithinMs }: Limits = shortly,
): Redis {
  let connection: Promise<Client> | undefined;
  let isClosed = false;

  const drop = (broken: Promise<Client> | undefined) => {
    if (broken === undefined || broken !== connection) return;
    connection = undefined;
    broken.then(end, () => undefined);
  };

  const connect = async (): Promise<Client> => {
    const client = clientOf(await completeUrl(url, passwordFile), connectWithinMs);
    // Without a listener, a broken connection would end this process.
    client.on('error', () => undefined);
    try {
      // The client's own limit ends once the server takes the connection, before it has answered anything.
      await within(connectWithinMs + answerWithinMs, () => client.connect());
    } catch (error) {
      end(client);
      throw withoutArguments(error);
    }
    return client;
  };

  const ask = async <T>(question: (client: Client) => Promise<T>): Promise<T> => {
    if (isClosed) throw new Error('the connection to Redis is closed');
    const asked = (connection ??= connect());
    try {
      return await within(connectWithinMs + answerWithinMs, async () => {
        const client = await asked;
        return within(answerWithinMs, () => question(client));
      });
    } catch (error) {
      drop(asked);
      throw error;
    }
  };

  const guarded = <T>(question: (client: Client) => Promise<T>): Promise<T> =>
    guard(
      () => ask(question),
      (outcome) => ('error' in outcome ? { failed: messageOf(outcome.error) } : 'ok'),
    );

  return {
    place: describeRedis(url),
    check: async () => {
      await guarded((client) => client.ping());
    },
    read: async (key) => {
      const found = await guarded((client) => client.get(key)).catch(() => null);
      return found ?? undefined;
    },
    write: async (key, text, keptMs) => {
      const expiration = { type: 'PX', value: Math.max(1, Math.round(keptMs)) } as const;
      await guarded((client) => client.set(key, text, { expiration })).catch(() => undefined);
    },
    close: async () => {
      isClosed = true;
      const last = connection;
      connection = undefined;
      await last?.then(end, () => undefined);
    },
  };
}

/** Read again at every connection: it may have been changed. */
async function completeUrl(written: string, passwordFile: string | undefined): Promise<string> {
  if (passwordFile === undefined) return written;
  const url = new URL(written);
  url.password = encodeURIComponent((await readFile(passwordFile, 'utf8')).trim());
  return url.href;
}

/** A server that does not know AUTH repeats what it was sent. */
function withoutArguments(error: unknown): Error {
  return new Error(messageOf(error).replace(/,? with args beginning with:.*/s, ''));
}

function clientOf(url: string, connectWithinMs: number) {
  return createClient({
    ...{ url, RESP: 2 as const, disableOfflineQueue: true },
    socket: { connectTimeout: connectWithinMs, reconnectStrategy: false },
  });
}

function describeRedis(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port || '6379'}${pathname === '/' ? '' : pathname}`;
}

function end(client: Client): void {
  if (client.isOpen) client.destroy();
}

async function within<T>(ms: number, act: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ms}ms`)), ms);
  });
  try {
    return await Promise.race([act(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
