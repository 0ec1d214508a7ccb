import { describe, expect, it } from 'vitest';
import { playbookFileSchema, playbookSchema } from '../../../src/specs/recovery/playbook.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const base = { kind: 'playbook', environment: 'prod', playbook: 'outage' };
const shop = { namespace: 'shop', workload: 'deployment/web' };
const get = { probe: 'http.get', with: { url: 'http://shop.example/health' } };

/** Every problem of a file, as `path: message`. */
function problems(more: object, schema = playbookFileSchema): string[] {
  const resolved = resolveAgainst(schema, { ...base, ...more });
  return resolved.ok ? [] : resolved.problems.map(({ path, message }) => `${path}: ${message}`);
}

function resolve(more: object) {
  const resolved = resolveAgainst(playbookSchema, { ...base, ...more });
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.spec;
}

describe('a playbook', () => {
  it('is read with its defaults', () => {
    const { steps, onFailure, mode } = resolve({
      inputs: { service: 'string', replicas: { type: 'number', default: 4 } },
      with: { service: 'shop' },
      steps: [
        { id: 'reach', ...get, for: '10s', onFailure: 'continue' },
        {
          action: 'kubernetes.scale',
          when: '!steps.reach.passed',
          with: { ...shop, replicas: '${inputs.replicas * 2}' },
        },
        { parallel: [{ wait: '5s' }, { notify: { text: '${inputs.service} is down' } }] },
      ],
    });
    expect([onFailure, mode]).toEqual(['hold', 'graceful']);
    expect(steps.map(({ id }) => id)).toEqual(['reach', 'step2', 'step3']);
    expect(steps[0]?.does).toMatchObject({ forMs: 10_000, withinMs: 10_000, everyMs: 5_000 });
    expect(steps[2]?.does).toMatchObject({ steps: [{ id: 'step3_1' }, { id: 'step3_2' }] });
  });

  it('is refused where fewer people may approve than have to', () => {
    const approval = { by: ['ana', 'ana@shop.example'], need: 2, message: 'go?' };
    expect(problems({ steps: [{ approval }] })).toEqual([
      'steps[0].approval.need: 2 people are needed, and by names 1; add names, or lower need',
    ]);
  });

  it('is refused with every problem at once, each with its path', () => {
    expect(
      problems({
        inputs: { service: 'text', replicas: { type: 'number', default: 'four' } },
        steps: [
          { id: 'reach', ...get, expect: 'result.stats == 200' },
          { id: 'scale', action: 'kubernetes.scael', with: shop },
          {
            id: 'restart',
            action: 'kubernetes.restart',
            with: { namespace: 'shop', wrkload: 'x' },
          },
          { id: 'reach', wait: '5 minutes' },
          { id: 'two', wait: '5m', notify: { text: 'x' } },
          {},
        ],
      }),
    ).toEqual([
      'inputs.service.type: "text" is not accepted; one of: string, number, boolean, duration, bytes, strings',
      'steps[3].wait: "5 minutes" is not accepted; write a duration such as 5m, or ${an expression} in milliseconds',
      'inputs.replicas.default: "four" is not accepted; write a number',
      'steps[0].expect: "result.stats == 200": there is no stats there; known are inputs: replicas; steps: none; result: status, tookMs, value, body',
      expect.stringContaining(
        'steps[1].action: there is no action "kubernetes.scael"; did you mean "kubernetes.scale"?',
      ),
      'steps[2].with.wrkload: unknown input of kubernetes.restart; did you mean "workload"? (known: context, namespace, workload)',
      'steps[2].with.workload: missing; kubernetes.restart needs it: such as deployment/web, statefulset/db or daemonset/proxy',
      'steps[3].id: another step is called reach, too; each has an ID of its own',
      'steps[4].notify: wait says already what the step does; write a step of its own',
      'steps[5]: does nothing; write one of probe, action, approval, wait, notify, parallel, use',
    ]);
  });

  it.each([
    ['a probe as an action', { action: 'http.get' }, 'http.get is a probe; write probe: http.get'],
    [
      'an action as a probe',
      { probe: 'kubernetes.scale' },
      'kubernetes.scale is an action; write action: kubernetes.scale',
    ],
    ['a shell', { command: 'rm -rf /' }, 'write action: agent.command'],
    [
      'a value of the wrong type',
      { action: 'kubernetes.scale', with: { ...shop, replicas: 'many' } },
      '"many" is not accepted; write a number',
    ],
    [
      'a reference of the wrong type',
      { action: 'kubernetes.scale', with: { ...shop, replicas: '${inputs.service}' } },
      '"inputs.service" is text, where a number is needed',
    ],
    [
      'a reference to a step that comes later',
      { ...get, when: 'steps.last.done' },
      '"steps.last.done": the step last comes only later',
    ],
    [
      'a when that is no condition',
      { ...get, when: 'inputs.service' },
      'where true or false is needed',
    ],
    [
      'an expression that is not closed',
      { notify: { text: 'x ${inputs' } },
      '${ is not closed by }',
    ],
    ['a wait that is text', { wait: '${inputs.service}' }, 'is text, where a number is needed'],
    ['an undo of a probe', { ...get, undo: 'none' }, 'undo: has no meaning for probe'],
    [
      'an undo that is no action',
      { action: 'kubernetes.restart', with: shop, undo: { action: 'http.get' } },
      'there is no action "http.get"',
    ],
    [
      'evidence that nobody makes',
      { action: 'kubernetes.restart', with: shop, requires: { fenced: 'steps.first.evidence' } },
      'the step first makes "answer", not "fenced"; nothing in the table makes "fenced"',
    ],
    [
      'evidence of a step that comes later',
      { action: 'kubernetes.restart', with: shop, requires: { logs: 'steps.last.evidence' } },
      'no step last before this one makes evidence; those that do: first',
    ],
    ['a word of CEL as an ID', { ...get, id: 'in' }, 'in is a word of CEL'],
    ['an ID with a minus', { ...get, id: 'is-up' }, 'the ID of a step takes letters'],
    [
      'a regular expression',
      { ...get, when: 'inputs.service.matches("a")' },
      'matches is not accepted',
    ],
    [
      'an include that is not there',
      { use: 'prove' },
      'there is no playbook "prove" under includes',
    ],
    [
      'an approval in a branch',
      { parallel: [{ approval: { message: 'go?' } }] },
      'a branch waits for nobody; ask before or after',
    ],
  ])('is refused for %s', (_, step, why) => {
    const found = problems({
      inputs: { service: 'string' },
      steps: [{ id: 'first', ...get }, step, { id: 'last', wait: '1s' }],
    });
    expect(found.join('\n')).toContain(why);
  });

  it('refuses an undo, an approval and onFailure: undo after noReturn', () => {
    const scale = { action: 'kubernetes.scale', with: { ...shop, replicas: 1 } };
    const undo = { action: 'kubernetes.restart', with: shop };
    expect(
      problems({
        steps: [
          { id: 'before', ...scale, undo },
          { id: 'point', ...scale, noReturn: true },
          { id: 'after', ...scale, undo, onFailure: 'undo' },
          { approval: { message: 'go on?' } },
        ],
      }),
    ).toEqual([
      'steps[2].undo: a step after noReturn is not undone any more; leave undo out',
      'steps[2].onFailure: a step after noReturn cannot be undone; write hold or continue',
      'steps[3].approval: a step after noReturn cannot be rejected any more; ask for approval before it',
    ]);
  });

  it('takes values of its inputs only where one run is to be started', () => {
    const inputs = { service: 'string', soak: { type: 'duration', default: '5m' } };
    const steps = [{ wait: '${inputs.soak}' }];
    expect(problems({ inputs, steps })).toEqual([]);
    expect(
      problems({ inputs, steps, with: { servce: 'x', soak: 'long' } }, playbookSchema),
    ).toEqual([
      'with.servce: no input of the playbook; did you mean "service"? (known: service, soak)',
      'with.service: missing; write text',
      'with.soak: "long" is not accepted; write a number and ms, s, m, h or d, such as 30s or 10m',
    ]);
  });
});

describe('an included playbook', () => {
  const includes = {
    prove: {
      inputs: { url: 'string' },
      steps: [{ id: 'answers', probe: 'http.get', with: { url: '${inputs.url}' } }],
    },
  };

  it('gives its steps to those after it', () => {
    const steps = [
      { id: 'proof', use: 'prove', with: { url: 'http://shop.example' } },
      { wait: '1s', when: 'steps.proof.answers.passed && steps.proof.done' },
      {
        action: 'kubernetes.restart',
        with: shop,
        requires: { answer: 'steps.proof.answers.evidence' },
      },
    ];
    expect(problems({ includes, steps })).toEqual([]);
  });

  it('is given what it takes, and nothing else', () => {
    expect(problems({ includes, steps: [{ use: 'prove', with: { uri: 'x' } }] })).toEqual([
      'steps[0].with.uri: unknown input of prove; did you mean "url"? (known: url)',
      'steps[0].with.url: missing; prove needs it: an input of the playbook',
    ]);
  });

  it('may not include another, and a loop is named', () => {
    const use = (name: string) => ({ steps: [{ use: name }] });
    const found = problems({
      includes: { ...includes, one: use('two'), two: use('one'), deep: use('prove') },
      steps: [{ use: 'one' }],
    });
    expect(found).toEqual(
      expect.arrayContaining([
        'includes.one.steps[0].use: a loop of includes: one -> two -> one',
        'includes.two.steps[0].use: a loop of includes: two -> one -> two',
        expect.stringContaining('includes.deep.steps[0].use: deep is included itself'),
      ]),
    );
  });
});
