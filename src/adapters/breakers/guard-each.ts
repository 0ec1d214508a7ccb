import type { Guard, ClassifyCall } from '../../contracts/kernel/breakers.ts';

type Call = (...args: never[]) => Promise<unknown>;

/** The same calls, each behind the guard. */
export function guardEach<Calls extends object>(
  calls: Calls,
  guard: Guard,
  judge: ClassifyCall<unknown>,
): Calls {
  const guarded = Object.entries(calls as Record<string, Call>).map(([name, call]) => [
    name,
    (...args: never[]) => guard(() => call(...args), judge),
  ]);
  return Object.fromEntries(guarded) as Calls;
}
