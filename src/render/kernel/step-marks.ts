/** One character for how a step or a stage stands, the same on every page. */
export const stepMarks = {
  pending: '·',
  active: '▶',
  done: '✓',
  skipped: '»',
  failed: '✗',
  stopped: '■',
} as const;
