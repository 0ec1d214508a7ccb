export interface Finding {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do about it. */
  fix?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, state: 'ok', detail };
}

export function warn(check: string, detail: string, fix: string): Finding {
  return { check, state: 'warn', detail, fix };
}

export function fail(check: string, detail: string, fix: string): Finding {
  return { check, state: 'fail', detail, fix };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
