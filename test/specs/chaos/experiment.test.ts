import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chaosExperimentSchema } from '../../../src/specs/chaos/experiment.ts';
import { parseSpecText } from '../../../src/specs/kernel/parse-text.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';

const minimal = {
  ...{ kind: 'chaosExperiment', environment: 'staging', experiment: 'web-freezes' },
  services: ['web'],
  target: { agents: ['web-1', 'web-2'], process: 'web' },
  fault: { type: 'freeze' },
  duration: '30s',
  hypothesis: { answers: { errorsOf: { agent: 'outside', probe: 'web' } } },
  stopConditions: 'none',
};

const pods = { pods: { namespace: 'shop', labels: { app: 'web' } } };

const resolve = (more: object = {}) =>
  resolveAgainst(chaosExperimentSchema, { ...minimal, ...more });

const problems = (more: object) => {
  const resolved = resolve(more);
  if (resolved.ok) throw new Error('it was accepted');
  return resolved.problems.map(({ path, message }) => `${path}: ${message}`);
};

const without = (key: keyof typeof minimal) => {
  const { [key]: _, ...rest } = minimal;
  const resolved = resolveAgainst(chaosExperimentSchema, rest);
  return resolved.ok ? [] : resolved.problems.map(({ path }) => path);
};

describe('the spec of an experiment', () => {
  it('has the usual limits where it says nothing', () => {
    expect(resolve()).toMatchObject({
      ok: true,
      spec: {
        ...{ blastRadius: { count: 1 }, mostOfTarget: 0.5, recoverWithinMs: 300_000 },
        ...{ steadyStateMs: 30_000, everyMs: 1_000, stopConditions: [], databases: [] },
        hypothesis: [{ name: 'answers', limits: { aboveSteady: 0.1 } }],
      },
    });
    const latency = { slow: { latencyOf: { agent: 'outside', probe: 'web' } } };
    expect(resolve({ hypothesis: latency })).toMatchObject({
      spec: {
        hypothesis: [{ source: { of: 'latency', percentile: 99 }, limits: { timesSteady: 2 } }],
      },
    });
  });

  it('is of pods instead of hosts, where these are written', () => {
    const resolved = resolve({ target: pods, fault: { type: 'crash' } });
    expect(resolved).toMatchObject({ ok: true, spec: { target: pods } });
  });

  it('is refused without a target, a fault, a hypothesis, or a word about stop conditions', () => {
    expect(without('target')).toEqual(['target']);
    expect(without('fault')).toEqual(['fault']);
    expect(without('hypothesis')).toEqual(['hypothesis']);
    expect(without('stopConditions')).toEqual(['stopConditions']);
    expect(without('services')).toEqual(['services']);
  });

  it('lists every problem at once', () => {
    const found = problems({
      ...{ target: { agents: [] }, fault: { type: 'quake', intensity: 7 }, duration: '1ms' },
      ...{ hypothesis: {}, stopConditions: [], blastRadius: 'all', rollback: 'never' },
    });
    const paths = found.map((each) => each.slice(0, each.indexOf(':')));
    expect(new Set(paths)).toEqual(
      new Set([
        ...['target', 'target.agents', 'fault.type', 'fault.intensity', 'duration', 'hypothesis'],
        ...['stopConditions', 'blastRadius', 'rollback'],
      ]),
    );
  });

  it.each([
    ['an intensity of nothing', { fault: { type: 'cpu', intensity: 0 } }, '0 injects nothing'],
    ['half a crash', { fault: { type: 'crash', intensity: 0.5 } }, 'is there or not'],
    ['workers of a freeze', { fault: { type: 'freeze', workers: 2 } }, 'is of cpu alone'],
    [
      'a freeze of a host',
      { target: { agents: ['web-1'], host: true } },
      'freeze is done to a process, not to a host',
    ],
    [
      'a process and a host',
      { target: { agents: ['a'], process: 'web', host: true } },
      'has process and host',
    ],
    ['no agents', { target: { process: 'web' } }, 'missing; write a list of agents, or pods'],
    ['a process beside pods', { target: { ...pods, process: 'web' } }, 'leave it out beside pods'],
    ['a freeze of pods', { target: pods }, 'freeze is not done to pods'],
    [
      'pods of the cluster itself',
      { target: { pods: { namespace: 'kube-system', labels: { app: 'web' } } } },
      'kube-system is never hit',
    ],
    ['all pods', { target: { pods: { namespace: 'shop', labels: {} } } }, 'is empty, and would be'],
    ['an agent twice', { target: { agents: ['a', 'a'], process: 'web' } }, 'a is there twice'],
    ['a fault that is over before it is seen', { duration: '1s' }, '1s is too short for freeze'],
    [
      'a percentile beside what it is of',
      {
        hypothesis: {
          slow: { latencyOf: { agent: 'outside', probe: 'web' }, percentile: 95, atMost: '1s' },
        },
      },
      'hypothesis.slow.percentile: write it in latencyOf',
    ],
    [
      'more of its agents than may be hit',
      { target: { agents: ['web-1'], process: 'web' } },
      '1 of 1 would be hit, which is 100% of the target, more than 50%; write mostOfTarget: 100%',
    ],
    ['more than there are', { blastRadius: { count: 3 } }, '3 is more than target.agents has, 2'],
    ['too few samples', { steadyState: '3s' }, '3s has 3 samples with every: 1s; at least 5'],
    ['too many samples', { duration: '20m' }, 'at most 600: sample less often'],
  ])('is refused for %s', (_, more, said) => {
    expect(problems(more).join('\n')).toContain(said);
  });

  it('reads how much memory is taken, and what of a disk stays free', () => {
    const host = { agents: ['web-1', 'web-2'], host: true };
    expect(resolve({ fault: { type: 'memory', size: '512MiB' }, target: host })).toMatchObject({
      spec: { fault: { type: 'memory', bytes: 512 * 2 ** 20 } },
    });
    const disk = { agents: ['web-1', 'web-2'], disk: 'uploads' };
    expect(resolve({ fault: { type: 'disk' }, target: disk })).toMatchObject({
      spec: { fault: { type: 'disk', leave: 0.05 }, target: disk },
    });
    expect(problems({ fault: { type: 'memory', size: '8MiB' }, target: host })).toEqual([
      'fault.size: is too little to be seen; at least 64MiB',
    ]);
    expect(problems({ fault: { type: 'memory' }, target: disk })).toEqual([
      'fault.size: write how much is taken, such as 512MiB',
      'fault.type: memory is done to a process or a host, not to a disk; write target.process or target.host, or another fault.type',
    ]);
  });

  it.each([
    [
      { type: 'loss', intensity: 0.1 },
      { type: 'loss', share: 0.1, direction: 'both' },
    ],
    [
      { type: 'partition', direction: 'in' },
      { type: 'partition', direction: 'in' },
    ],
    [
      { type: 'error', intensity: 1 },
      { type: 'error', share: 1 },
    ],
    [{ type: 'dns' }, { type: 'dns' }],
    [
      { type: 'bandwidth', rate: '1.5mbit' },
      { type: 'bandwidth', kbitPerSecond: 1_500 },
    ],
    [
      { type: 'latency', delay: '200ms', jitter: '50ms' },
      { type: 'latency', delayMs: 200, jitterMs: 50 },
    ],
  ])('reads a fault of a network: %o', (fault, read) => {
    const target = { agents: ['web-1', 'web-2'], network: 'database' };
    expect(resolve({ fault, target })).toMatchObject({ spec: { fault: read, target } });
  });

  it.each([
    [{ type: 'loss' }, ['fault.intensity: write which share of the packets is lost']],
    [{ type: 'latency', jitter: '5ms' }, ['fault.delay: write how late each packet is']],
    [{ type: 'latency', delay: '5ms', jitter: '1s' }, ['fault.jitter: 1s is more than delay, 5ms']],
    [{ type: 'bandwidth', rate: '1' }, ['fault.rate: "1" is not accepted']],
    [
      { type: 'partition', delay: '1s', workers: 2 },
      ['fault.workers: is of cpu alone', 'fault.delay: is of latency alone'],
    ],
    [{ type: 'dns', direction: 'out' }, ['fault.direction: is of loss and partition alone']],
  ])('is refused for a fault of a network that is not clear: %o', (fault, said) => {
    const target = { agents: ['web-1', 'web-2'], network: 'database' };
    const found = problems({ fault, target });
    expect(found).toHaveLength(said.length);
    said.forEach((each) => expect(found.join('\n')).toContain(each));
  });

  it('is refused for a fault of something else than its target', () => {
    expect(problems({ fault: { type: 'dns' } })).toEqual([
      'fault.type: dns is done to a network, not to a process; write target.network, or another fault.type',
    ]);
    const host = { agents: ['web-1', 'web-2'], host: true };
    expect(problems({ fault: { type: 'loss', intensity: 1 }, target: host }).join()).toContain(
      'loss is done to a network, not to a host',
    );
  });

  it.each([
    ['no metric', {}, 'can never fail'],
    ['a query without a limit', { a: { query: 'up' } }, 'can never fail'],
    [
      'errors that may be all',
      { a: { errorsOf: { agent: 'o', probe: 'w' }, atMost: '100%' } },
      '99%',
    ],
    [
      'a limit of something else',
      { a: { query: 'up', aboveSteady: '1%' } },
      'is no limit of query',
    ],
    [
      'errors in milliseconds',
      { a: { errorsOf: { agent: 'o', probe: 'w' }, atMost: '5ms' } },
      'a share of errors',
    ],
    ['nothing that is measured', { a: { atMost: 5 } }, 'measures nothing'],
    [
      'two things',
      { a: { query: 'up', errorsOf: { agent: 'o', probe: 'w' } } },
      'has errorsOf and query',
    ],
  ])('is refused for a hypothesis of %s', (_, hypothesis, said) => {
    expect(problems({ hypothesis }).join('\n')).toContain(said);
  });

  it('reads stop conditions in the unit of their metric', () => {
    const stopConditions = [{ metric: 'answers', above: '50%' }];
    expect(resolve({ stopConditions })).toMatchObject({
      spec: { stopConditions: [{ metric: 'answers', above: 0.5, overMs: 10_000 }] },
    });
  });

  it.each([
    ['name no metric', { metric: 'answer', above: '50%' }, 'there is no metric answer'],
    ['have no bound', { metric: 'answers' }, 'never stops anything'],
    ['are in another unit', { metric: 'answers', above: '2s' }, 'a share of errors'],
  ])('is refused for stop conditions that %s', (_, condition, said) => {
    expect(problems({ stopConditions: [condition] }).join('\n')).toContain(said);
  });

  it.each([
    ['4s', {}, '10s has 2 samples with every: 4s; at least 3: write over: 12s'],
    ['1s', { over: '1s' }, '1s has 1 sample with every: 1s; at least 3: write over: 3s'],
  ])('is refused for a stop condition that can never hold: every %s, %o', (every, more, said) => {
    const stopConditions = [{ metric: 'answers', above: '50%', ...more }];
    expect(problems({ every, stopConditions })).toEqual([
      `stopConditions[0].over: ${said} or longer, or sample more often`,
    ]);
  });

  it('accepts a stop condition whose time has three samples', () => {
    const stopConditions = [{ metric: 'answers', above: '50%', over: '12s' }];
    expect(resolve({ every: '4s', stopConditions })).toMatchObject({ ok: true });
  });

  it('reads hours on the clock of a zone, and refuses those that no clock shows', () => {
    const hours = (every: string) => ({ allowedHours: { zone: 'Europe/Berlin', every: [every] } });
    expect(resolve(hours('Mon-Fri 09:00 to 17:00'))).toMatchObject({
      spec: {
        allowedHours: { rules: [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }] },
      },
    });
    expect(problems(hours('Mon-Fri 09:00 to 25:00')).join()).toContain('no clock shows');
    expect(problems(hours('weekdays')).join()).toContain('is not a weekly window');
  });
});

describe('networks in the settings of an agent', () => {
  const settings = (network: string) =>
    resolveHostSettings(
      `{ name: a, stateFolder: /tmp/a, chaos: { networks: { database: ${network} } } }`,
    );

  it('are read, and every problem of them is named at once', () => {
    expect(
      settings('{ interface: eth0, peers: [10.0.0.7, "fd00::/64"], faults: [loss] }'),
    ).toMatchObject({
      ok: true,
      settings: { chaos: { networks: [{ name: 'database', ports: [], ownPorts: [] }] } },
    });
    const refused = settings(
      '{ interface: "", peers: [db.example], ports: [0], faults: [freeze] }',
    );
    const found = refused.ok ? [] : refused.problems.map(({ path }) => path);
    expect(found).toEqual(
      ['interface', 'peers[0]', 'ports[0]', 'faults[0]'].map(
        (key) => `chaos.networks.database.${key}`,
      ),
    );
  });
});

/** What stands beside a spec under `schedule` is no key of it. */
function resolveWritten(input: unknown) {
  const { schedule: _, ...spec } = input as { kind: string; schedule?: unknown };
  return resolveSpecOf(spec.kind, spec);
}

describe('the examples', () => {
  const folder = new URL('../../../examples/chaos/', import.meta.url);

  it.each(readdirSync(folder))('%s can be used as it is', (file) => {
    const parsed = parseSpecText(readFileSync(new URL(file, folder), 'utf8'), file);
    expect(parsed.ok && resolveWritten(parsed.input)).toMatchObject({ ok: true });
  });

  it('of the documentation can be used, too', () => {
    const page = readFileSync(new URL('../../../docs/chaos.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);
    const results = blocks.map((block) => {
      if (block.startsWith('name:')) return resolveHostSettings(block).ok;
      const parsed = parseSpecText(block, 'chaos.md');
      return parsed.ok && resolveWritten(parsed.input)?.ok;
    });
    expect(results).toEqual([true, true, true, true, true, true]);
  });
});
