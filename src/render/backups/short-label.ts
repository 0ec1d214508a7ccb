const hashPattern = /^[0-9a-f]{40,}$/;

/** restic accepts the beginning of an ID in place of it. */
export function shortLabel(label: string): string {
  return hashPattern.test(label) ? label.slice(0, 12) : label;
}
