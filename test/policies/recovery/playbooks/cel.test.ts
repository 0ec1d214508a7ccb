import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  evaluateExpression,
  fits,
} from '../../../../src/policies/recovery/playbooks/cel.ts';

const scope = {
  inputs: { replicas: 'double', service: 'string', urgent: 'bool', hosts: 'list<string>' },
  steps: { loss: { done: 'bool', bytes: 'double', evidence: 'dyn' } },
  mode: 'string',
} as const;

const values = {
  inputs: { replicas: 3, service: 'shop', urgent: true, hosts: ['a', 'b'] },
  steps: { loss: { done: true, bytes: 10, evidence: { rows: [{ n: 1 }] } } },
  mode: 'graceful',
};

describe('an expression', () => {
  it.each([
    ['inputs.replicas + 1', 'double', 4],
    ['2 * inputs.replicas - 1', 'double', 5],
    ['size(inputs.hosts)', 'int', 2],
    ['size(inputs.hosts) + inputs.replicas', 'double', 5],
    ['inputs.replicas == 3', 'bool', true],
    ['3 == inputs.replicas', 'bool', true],
    ['inputs.replicas != 3', 'bool', false],
    ['steps.loss.bytes > inputs.replicas && mode == "graceful"', 'bool', true],
    ['steps.loss.evidence.rows[0].n == 1', 'bool', true],
    ['inputs.hosts.exists(host, host == inputs.service)', 'bool', false],
    ['inputs.service.contains("ho") ? "a" : "b"', 'string', 'a'],
    ['{"replicas": inputs.replicas}', 'map<string, double>', { replicas: 3 }],
  ])('%s is %s, and comes out as plain data', (expression, type, value) => {
    expect(checkExpression(expression, scope)).toEqual({ ok: true, type });
    const evaluated = evaluateExpression(expression, values);
    expect(evaluated).toEqual({ ok: true, value });
    expect(() => JSON.stringify(evaluated)).not.toThrow();
  });

  it.each([
    ['inputs.replcas > 1', 'No such key: replcas'],
    ['inputs.service > 3', 'no such overload: string > int'],
    ['steps.loss.bytes > ', 'Unexpected token'],
    ['now()', 'no matching overload'],
    ['other.x', 'Unknown variable: other'],
    ['inputs.service.matches("(a+)+$")', 'matches is not accepted'],
    ['inputs.hosts.exists(h, h.matches("a"))', 'matches is not accepted'],
    ['inputs.hosts.all(a, inputs.hosts.all(b, a == b))', 'has one of'],
    ['inputs.service.split("")', 'split is not accepted'],
    ['inputs.hosts.join(",")', 'join is not accepted'],
  ])('%s is refused when it is read', (expression, why) => {
    const checked = checkExpression(expression, scope);
    expect(checked).toMatchObject({ ok: false, message: expect.stringContaining(why) as string });
  });

  it('of more than 2,000 characters is refused', () => {
    const checked = checkExpression(`"${'x'.repeat(2_100)}" == mode`, scope);
    expect(checked).toMatchObject({ ok: false });
  });

  it.each([
    ['inputs.replicas / 0', 'not a number that can be used'],
    ['9007199254740993', 'not a number that can be used'],
    ['duration("5m")', 'no text, number, list or mapping'],
    ['steps.lost.bytes > 1', 'No such key: lost'],
  ])('%s fails where it is evaluated, and throws nothing', (expression, why) => {
    const evaluated = evaluateExpression(expression, values);
    expect(evaluated).toMatchObject({ ok: false, message: expect.stringContaining(why) as string });
  });
});

describe('a type', () => {
  it('fits where it is what is wanted, or where nobody knows', () => {
    expect([fits('int', 'double'), fits('dyn', 'bool'), fits('list', 'list<string>')]).toEqual([
      ...[true, true, true],
    ]);
    expect([fits('string', 'double'), fits('bool', 'string')]).toEqual([false, false]);
  });
});
