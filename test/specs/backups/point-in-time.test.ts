import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const examples = new URL('../../../examples/database/', import.meta.url);

const good = {
  ...{ kind: 'pointInTimeRecovery', environment: 'prod', database: 'shop', backup: 'shop' },
  ...{ agent: 'db-1', cluster: 'main', repositories: ['main'] },
  check: { database: 'shop', query: 'SELECT 1', expect: '1' },
};

const problemsOf = (given: object) => {
  const resolution = resolveSpecOf('pointInTimeRecovery', given);
  if (resolution === undefined || resolution.ok) return [];
  return resolution.problems.map(({ path, message }) => `${path}: ${message}`);
};

it.each(readdirSync(examples))('the example %s is accepted', (name) => {
  const given = parse(readFileSync(new URL(name, examples), 'utf8')) as { kind: string };
  expect(resolveSpecOf(given.kind, given)).toMatchObject({ ok: true });
});

it('carries what it needs of the plan of the backups, and its defaults are harmless', () => {
  expect(resolveSpecOf('pointInTimeRecovery', good)).toMatchObject({
    ok: true,
    spec: {
      ...{ stopWrites: 'none', then: 'beside', dryRun: false },
      plan: {
        ...{ environment: 'prod', backup: 'shop' },
        components: [{ name: 'database', agent: 'db-1', repositories: ['main'] }],
        restore: { approvers: [], keepForMs: 7 * 86_400_000 },
      },
    },
  });
});

it('is refused with every problem at once', () => {
  const problems = problemsOf({
    ...good,
    ...{ table: 'orders', goodAt: '2026-11-29 06:00', badAt: 'yesterday', then: 'swop' },
    ...{ suspectedAt: '2026-11-29T06:00Z', repositories: [] },
    check: { database: 'shop', query: 'SELECT 1', expect: 1 },
  });
  expect(problems).toEqual([
    expect.stringContaining('repositories: '),
    'check.expect: 1 is not text; put it in quotes',
    expect.stringMatching(/^table: .*public\.orders/),
    expect.stringMatching(/^goodAt: .*no offset/),
    expect.stringMatching(/^badAt: .*not a time/),
    expect.stringMatching(/^then: .*swap/),
    'suspectedAt: write badAt',
  ]);
});

it('exports rows of tables that are named with their schema, once writes are stopped', () => {
  const tables = ['public.orders', 'public.orders'];
  expect(resolveSpecOf('pointInTimeRecovery', { ...good, export: { tables } })).toMatchObject({
    ok: true,
    spec: { export: { tables: ['public.orders'], mostBytes: 2 ** 30 } },
  });
  expect(
    problemsOf({ ...good, then: 'swap', export: { tables: ['orders'], most: '1GB' } }),
  ).toEqual([
    expect.stringMatching(/^export\.tables\[0\]: .*public\.orders/),
    expect.stringMatching(/^export\.most: .*GiB/),
    'export: needs stopWrites: readOnly where the database is swapped: rows that are written meanwhile would be missing',
  ]);
});

it("sets today's passwords again where the database is swapped", () => {
  const credentials = { command: 'set-passwords' };
  expect(
    resolveSpecOf('pointInTimeRecovery', { ...good, then: 'swap', credentials }),
  ).toMatchObject({
    ok: true,
    spec: { plan: { restore: { credentials: { command: 'set-passwords', args: {} } } } },
  });
  expect(problemsOf({ ...good, credentials })).toEqual(['credentials: needs then: swap']);
});

it('has clients of a PgBouncer wait, for an hour at most unless it is told otherwise', () => {
  const pause = { agent: 'pool-1', router: 'shop' };
  expect(
    resolveSpecOf('pointInTimeRecovery', { ...good, stopWrites: 'pause', pause }),
  ).toMatchObject({ ok: true, spec: { pause: { ...pause, withinMs: 5_000, forMs: 3_600_000 } } });
  expect(problemsOf({ ...good, stopWrites: 'pause' })).toEqual([
    'pause: is missing: write the agent and the router of a PgBouncer',
  ]);
  expect(problemsOf({ ...good, pause })).toEqual(['pause: needs stopWrites: pause']);
  expect(
    problemsOf({ ...good, stopWrites: 'pause', pause: { router: 'shop', for: '1s' } }),
  ).toEqual([expect.stringMatching(/^pause\.agent: /), expect.stringMatching(/^pause\.for: .*1m/)]);
});

it('a time at which it was bad comes after one at which all was well', () => {
  const times = { goodAt: '2026-11-29T06:00Z', badAt: '2026-11-29T05:00Z' };
  expect(problemsOf({ ...good, ...times })).toEqual(['badAt: is not after goodAt']);
});
