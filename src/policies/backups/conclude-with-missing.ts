interface Concluded {
  outcome: string;
  reason: string;
}

/** What was done stays, and people have to see to what was not. */
export function concludeWithMissing(ending: Concluded, missing: readonly string[]): Concluded {
  if (missing.length === 0) return ending;
  return { outcome: 'Incomplete', reason: `${ending.reason}. Not done: ${missing.join('; ')}` };
}
