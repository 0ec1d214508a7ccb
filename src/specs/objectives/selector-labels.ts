const shape = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{([^]*)\}\s*)?$/;
const matcher =
  /([a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))/g;

interface SelectorParts {
  metric: string;
  /** `code="500"`, without spaces around the operator. */
  matchers: readonly string[];
}

/** Undefined for anything but `metric{label="value"}`. */
export function readSelector(written: string): SelectorParts | undefined {
  const [, metric, inside = ''] = shape.exec(written) ?? [];
  if (metric === undefined) return undefined;
  const matchers = inside.match(matcher) ?? [];
  const rest = matchers.reduce((left, each) => left.replace(each, ''), inside);
  if (!/^[\s,]*$/.test(rest)) return undefined;
  return { metric, matchers: matchers.map((each) => each.replace(/\s*(=~|!~|!=|=)\s*/, '$1')) };
}

/** Whether a part of a total may count what the total does not: it has the same name and fewer labels. */
export function mayExceed(part: string, total: string): boolean {
  const [one, whole] = [readSelector(part), readSelector(total)];
  if (one === undefined || one.metric !== whole?.metric) return false;
  return whole.matchers.some((each) => !one.matchers.includes(each));
}
