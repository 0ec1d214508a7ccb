interface ReadLabels {
  labels: Record<string, string>;
  /** The name of the metric, if it is quoted inside the braces, as names with other characters are. */
  name?: string;
  /** The number of characters including the closing brace; 0 without braces. */
  length: number;
}

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const entry = new RegExp(
  String.raw`\s*(?:([a-zA-Z_]\w*)|${quoted})\s*(?:=\s*${quoted})?\s*(,|(?=\}))`,
  'y',
);
const end = /\s*\}/y;

/** The labels at the beginning of a text; undefined if they are malformed. */
export function readLabels(text: string): ReadLabels | undefined {
  if (!text.startsWith('{')) return { labels: {}, length: 0 };
  const labels: Record<string, string> = {};
  let name: string | undefined;
  let at = 1;
  for (;;) {
    end.lastIndex = at;
    if (end.test(text)) {
      return { labels, ...(name !== undefined && { name }), length: end.lastIndex };
    }
    entry.lastIndex = at;
    const [whole, bare, key, value] = entry.exec(text) ?? [];
    if (whole === undefined) return undefined;
    if (value !== undefined) labels[bare ?? unescaped(key ?? '')] = unescaped(value);
    else if (key !== undefined && at === 1) name = unescaped(key);
    else return undefined;
    at = entry.lastIndex;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
