/** What can be said of a statement of SQL without a server. */
export interface ReadStatement {
  /** Its first word, in capitals; empty where it has no words. */
  verb: string;
  /** The numbers of its parameters, each once, in their order. */
  parameters: number[];
  /** Whether another statement follows it. */
  isSeveral: boolean;
}

/** Text, names in quotes, comments, and what stands between dollars: nothing in them counts. */
const apart =
  /[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\$([A-Za-z_]\w*)?\$[^]*?\$\1\$/g;

export function readStatement(statement: string): ReadStatement {
  const plain = statement.replace(apart, " '' ");
  const [first = '', ...others] = plain.split(';');
  const verb = /[A-Za-z]+/.exec(first.replace(/'/g, ''))?.[0] ?? '';
  const numbers = [...plain.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  return {
    verb: verb.toUpperCase(),
    parameters: [...new Set(numbers)].sort((one, other) => one - other),
    isSeveral: others.some((other) => other.replace(/'/g, '').trim() !== ''),
  };
}
