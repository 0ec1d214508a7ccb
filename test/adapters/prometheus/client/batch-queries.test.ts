import { describe, expect, it } from 'vitest';
import type {
  Answer,
  PrometheusSeries,
} from '../../../../src/adapters/prometheus/client/answer.ts';
import { batchQueries } from '../../../../src/adapters/prometheus/client/batch-queries.ts';
import {
  Unanswered,
  type Query,
  type SendQuery,
} from '../../../../src/adapters/prometheus/client/query-client.ts';
import type { Question } from '../../../../src/adapters/prometheus/client/question.ts';
import { parseSelector } from '../../../../src/adapters/prometheus/selectors/parse-selector.ts';
import { SourceError } from '../../../../src/contracts/rollouts/metric-reader.ts';

const limits = { windowMs: 5, atOnce: 2 };

function limit(timeoutMs = 5_000) {
  return { signal: AbortSignal.timeout(timeoutMs), timeoutMs };
}

function server(answer: SendQuery) {
  const asked: Query[] = [];
  const send: SendQuery = (query, signal) => {
    asked.push(query);
    return answer(query, signal);
  };
  return { asked, ask: batchQueries({ shown: 'http://p', send }, limits) };
}

function vector(...all: Record<string, string>[]): Answer {
  const series = all.map((labels): PrometheusSeries => ({
    labels,
    samples: [{ atS: 1, value: 1 }],
  }));
  return { result: { kind: 'vector', series }, warnings: [] };
}

const about = (written: string, atS = 9): Question => ({
  kind: 'sum',
  selector: parseSelector(written),
  by: ['job'],
  atS,
});

const text = (written: string): Question => ({ kind: 'text', text: written });

describe('concurrent queries', () => {
  it('share a request, and each caller gets its own part', async () => {
    const { asked, ask } = server(async () => vector({ a: '1' }, { a: '2' }, { a: '3' }));
    const [one, two] = await Promise.all(['1', '2'].map((a) => ask(about(`x{a="${a}"}`), limit())));
    expect(asked).toEqual([{ text: 'sum by (a,job) (x{a=~"1|2"})', atS: 9 }]);
    expect(one).toEqual(vector({ a: '1' }));
    expect(two).toEqual(vector({ a: '2' }));
  });

  it('that are equal are sent once', async () => {
    const { asked, ask } = server(async () => vector());
    await Promise.all([1, 2, 3].map(() => ask(text('up'), limit())));
    await Promise.all([1, 2, 3].map(() => ask(about('x{a="1"}'), limit())));
    expect(asked.map((query) => query.text)).toEqual(['up', 'sum by (a,job) (x{a="1"})']);
  });

  it('for different times are sent separately', async () => {
    const { asked, ask } = server(async () => vector());
    await Promise.all([1, 2].map((atS) => ask(about('x{a="1"}', atS), limit())));
    expect(asked.map(({ atS }) => atS)).toEqual([1, 2]);
  });

  it('beyond the limit of a server wait in order', async () => {
    let open = 0;
    let most = 0;
    const { asked, ask } = server(async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return vector();
    });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => ask(text(name), limit())));
    expect(asked).toHaveLength(5);
    expect(most).toBe(2);
  });
});

describe('a request that fails', () => {
  it('for several queries is repeated for each, so that only the bad one fails', async () => {
    const { asked, ask } = server(async ({ text }) => {
      if (text.includes('2')) throw new SourceError('too many samples');
      return vector({ a: '1' });
    });
    const [one, two] = await Promise.allSettled(
      ['1', '2'].map((a) => ask(about(`x{a="${a}"}`), limit())),
    );
    expect(one).toEqual({ status: 'fulfilled', value: vector({ a: '1' }) });
    expect(two).toMatchObject({ status: 'rejected', reason: { message: 'too many samples' } });
    expect(asked).toHaveLength(3);
  });

  it('is not repeated if there is no response', async () => {
    const { asked, ask } = server(async () => {
      throw new Unanswered('down');
    });
    const all = await Promise.allSettled(['1', '2'].map((a) => ask(about(`x{a="${a}"}`), limit())));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toHaveLength(1);
  });

  it('does not fail other callers', async () => {
    const { ask } = server(async ({ text }) => {
      if (text === 'bad') throw new SourceError('parse error');
      return vector();
    });
    const [bad, good] = await Promise.allSettled([
      ask(text('bad'), limit()),
      ask(text('good'), limit()),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good.status).toBe('fulfilled');
  });
});

describe('a caller with less time', () => {
  it('stops waiting earlier, while the others still get their response', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { ask } = server(async () => {
      await held;
      return vector();
    });
    const slow = ask(text('up'), limit(60_000));
    await expect(ask(text('up'), limit(20))).rejects.toThrow(
      'Prometheus at http://p did not answer within 20 ms',
    );
    release();
    await expect(slow).resolves.toEqual(vector());
  });

  it('ends the request if no caller waits for it', async () => {
    let ended = () => {};
    const end = new Promise<void>((resolve) => (ended = resolve));
    const { ask } = server(async (_, { signal }) => {
      signal.addEventListener('abort', ended);
      return new Promise<Answer>(() => {});
    });
    await expect(ask(text('up'), limit(20))).rejects.toBeInstanceOf(SourceError);
    await end;
  });

  it('sends no request if its time is over before its turn', async () => {
    const { asked, ask } = server(async () => new Promise<Answer>(() => {}));
    const all = ['a', 'b', 'c'].map((name) => ask(text(name), limit(20)));
    await Promise.allSettled(all);
    expect(asked).toHaveLength(2);
  });
});
