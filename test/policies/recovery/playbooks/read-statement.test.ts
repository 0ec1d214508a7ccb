import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../src/policies/recovery/playbooks/read-statement.ts';

describe('a statement of SQL', () => {
  it.each([
    ['SELECT count(*) FROM orders', 'SELECT', [], false],
    ['  -- why\n update orders SET state = $2 WHERE id = $1;', 'UPDATE', [1, 2], false],
    ["SELECT '$1; DROP', \"a;b\", E'it\\'s $3;' /* $4; */", 'SELECT', [], false],
    ['SELECT $1::int; DROP TABLE orders', 'SELECT', [1], true],
    ['DO $body$ BEGIN PERFORM 1; END $body$', 'DO', [], false],
    ['SELECT $$ $1; $$, $1', 'SELECT', [1], false],
    ["SELECT 1; -- the end; of it\n ; 'x'", 'SELECT', [], false],
    ['WITH a AS (SELECT 1) SELECT $10, $2, $2 FROM a ; ', 'WITH', [2, 10], false],
    [' -- nothing', '', [], false],
  ] as const)('%s', (statement, verb, parameters, isSeveral) => {
    expect(readStatement(statement)).toEqual({ verb, parameters, isSeveral });
  });
});
