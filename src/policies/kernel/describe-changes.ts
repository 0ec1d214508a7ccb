/** What differs between two values, one line for each path: `schedule.cron: "0 3 * * *" → "0 4 * * *"`. */
export function describeChanges(before: unknown, after: unknown, path = ''): string[] {
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      describeChanges(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const [was, is] = [show(before), show(after)];
  return was === is ? [] : [`${path}: ${was} → ${is}`];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
