import type { Part } from '../../contracts/recovery/playbooks/part.ts';
import { readStatement } from '../../policies/recovery/playbooks/read-statement.ts';
import { isMapping, type Finding } from '../kernel/finding.ts';
import { showGiven } from '../kernel/given.ts';
import { finding, type Path } from './judge-expressions.ts';

const reads = ['SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'EXPLAIN'];
/** It is run in a transaction already. */
const ofTransactions = ['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT'];
const ofSessions = ['SET', 'RESET', 'COPY', 'PREPARE', 'LISTEN', 'DECLARE'];
const outsideTransactions = ['VACUUM', 'CLUSTER', 'REINDEX'];

/** What is wrong with a statement of SQL beyond what its fields say. */
export function judgeStatement(given: unknown, part: Part, { path }: { path: Path }): Finding[] {
  if (part.inputs['statement'] === undefined || !isMapping(given)) return [];
  const { statement, parameters = [] } = given;
  if (typeof statement !== 'string' || statement.includes('${')) return [];
  const read = readStatement(statement);
  const refuse = (message: string) => finding([...path, 'statement'], message);
  return [
    ...(read.isSeveral ? [refuse('has more than one statement; write a step for each')] : []),
    ...judgeVerb(read.verb, part).map(refuse),
    ...judgeParameters(read.parameters, parameters, path),
  ];
}

function judgeVerb(verb: string, { is }: Part): string[] {
  if (verb === '') return ['has no statement; write one'];
  if (ofTransactions.includes(verb)) {
    return [`${verb} is not accepted: every statement is a transaction of its own`];
  }
  if (ofSessions.includes(verb)) {
    return [`${verb} is not accepted: every statement has a connection of its own`];
  }
  if (outsideTransactions.includes(verb)) {
    return [`${verb} is not accepted: use a command of an agent (agent.command)`];
  }
  if (is === 'action' || reads.includes(verb)) return [];
  return [
    `a probe only reads, and ${verb} may write (accepted: ${reads.join(', ')}); write action: sql.execute`,
  ];
}

function judgeParameters(numbers: readonly number[], given: unknown, path: Path): Finding[] {
  if (!Array.isArray(given)) return [];
  const at = [...path, 'parameters'];
  const unusable = given.flatMap((value: unknown, index) =>
    value === null || typeof value !== 'object'
      ? []
      : [
          finding(
            [...at, index],
            `${showGiven(value)} is not accepted; write text, a number, true, false or null`,
          ),
        ],
  );
  const highest = numbers.at(-1) ?? 0;
  const unused = given.flatMap((_, index) =>
    numbers.includes(index + 1) || index >= highest ? [] : [index + 1],
  );
  return [
    ...unusable,
    ...(highest === given.length
      ? []
      : [finding(at, `has ${given.length}, where the statement has ${highest}`)]),
    ...unused.map((number) => finding(at, `the statement does not use $${number}`)),
  ];
}
