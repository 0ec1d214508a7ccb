/** An error as a test run reports it, with the fields of a failed command where it is one. */
interface Failure {
  message?: unknown;
  name?: unknown;
  code?: unknown;
  stderr?: unknown;
  cause?: unknown;
}

/**
 * What went wrong and why, in one line: every error of the chain of causes by the first line of its
 * message, and a failed command also by the last line that it wrote to stderr.
 */
export function explainFailure(failure: Failure): string {
  const chain = new Set<Failure>();
  for (let one: unknown = failure; isFailure(one) && !chain.has(one); one = one.cause) {
    chain.add(one);
  }
  return [...new Set([...chain].map(tell))].join('; because of: ');
}

function tell({ message, name, code, stderr }: Failure): string {
  const [first = '', ...others] = linesOf(message);
  // A line that ends so announces what a command said.
  const said = linesOf(stderr).at(-1) ?? (first.endsWith(':') ? others.at(-1) : undefined);
  const [told = 'an error without a message'] = [first, code, name].filter(isText);
  return said === undefined ? told : `${told.replace(/:$/, '')}: ${said}`;
}

function linesOf(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null;
}
