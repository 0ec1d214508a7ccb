const longestShown = 60;

/** A value as a message repeats it: short, on one line, and never a whole document. */
export function showGiven(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(
    value.length > longestShown ? `${value.slice(0, longestShown - 1)}…` : value,
  );
}

/** What was given and why it will not do, then what is accepted. */
export function refusal(accepted: string, complaint = 'is not accepted') {
  return ({ input }: { input?: unknown }): string => {
    if (input === undefined) return `missing; ${accepted}`;
    if (input === null) return `empty; ${accepted}`;
    return `${showGiven(input)} ${complaint}; ${accepted}`;
  };
}
