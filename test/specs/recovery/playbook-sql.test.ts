import { describe, expect, it } from 'vitest';
import { playbookFileSchema } from '../../../src/specs/recovery/playbook.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const at = { agent: 'db-1', cluster: 'main' };

function problems(...steps: object[]): string[] {
  const playbook = { kind: 'playbook', environment: 'prod', playbook: 'outage', steps };
  const inputs = { state: 'string', most: 'number' };
  const resolved = resolveAgainst(playbookFileSchema, { ...playbook, inputs });
  return resolved.ok ? [] : resolved.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a statement of a playbook', () => {
  it('is read with its parameters, and its answer is for the steps after it', () => {
    const statement = 'SELECT count(*) FROM orders WHERE state = $1';
    const parameters = ['${inputs.state}'];
    expect(
      problems(
        {
          ...{ id: 'open', probe: 'sql.query', with: { ...at, statement, parameters } },
          expect: 'result.value < 5',
        },
        {
          action: 'sql.execute',
          when: 'steps.open.count > 0 && steps.open.rows[0].count > 1',
          with: {
            ...{ ...at, statement: 'UPDATE orders SET state = $2 WHERE state = $1' },
            ...{ parameters: ['${inputs.state}', '${steps.open.value}'], most: '${inputs.most}' },
          },
          undo: {
            action: 'sql.execute',
            with: { ...at, statement: 'UPDATE orders SET state = $1', parameters },
          },
        },
      ),
    ).toEqual([]);
  });

  it('never has a value put into its text', () => {
    const statement = "SELECT 1 FROM orders WHERE state = '${inputs.state}'";
    const [found, ...others] = problems({ probe: 'sql.query', with: { ...at, statement } });
    expect([found, others]).toEqual([
      'steps[0].with.statement: takes no expressions, so that no value becomes a part of it; write $1 in it, and parameters: [...]',
      [],
    ]);
  });

  it.each([
    ['SELECT 1; DELETE FROM orders', [], 'statement: has more than one statement'],
    [
      'DELETE FROM orders',
      [],
      'statement: a probe only reads, and DELETE may write (accepted: SELECT',
    ],
    [
      'COMMIT',
      [],
      'statement: COMMIT is not accepted: every statement is a transaction of its own',
    ],
    ['SET ROLE postgres', [], 'statement: SET is not accepted: every statement has a connection'],
    ['VACUUM orders', [], 'statement: VACUUM is not accepted: use a command of an agent'],
    ['-- nothing', [], 'statement: has no statement; write one'],
    ['SELECT $1, $2', ['a'], 'parameters: has 1, where the statement has 2'],
    ['SELECT $2', ['a', 'b'], 'parameters: the statement does not use $1'],
    ['SELECT 1', ['a'], 'parameters: has 1, where the statement has 0'],
    ['SELECT $1', [{ a: 1 }], 'parameters[0]: a mapping is not accepted; write text'],
    ['SELECT $1', 'a', 'parameters: "a" is not accepted; write a list of values'],
  ])('is refused before a run: %s', (statement, parameters, message) => {
    const found = problems({ probe: 'sql.query', with: { ...at, statement, parameters } });
    expect(found).toEqual([expect.stringContaining(`steps[0].with.${message}`)]);
  });

  it('is judged in an undo, too', () => {
    const undo = { action: 'sql.execute', with: { ...at, statement: 'ROLLBACK' } };
    const doing = { ...at, statement: 'UPDATE orders SET state = 1' };
    expect(problems({ action: 'sql.execute', with: doing, undo })).toEqual([
      expect.stringContaining('steps[0].undo.with.statement: ROLLBACK is not accepted'),
    ]);
  });
});
