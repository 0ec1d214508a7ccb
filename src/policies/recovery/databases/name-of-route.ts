import type { Route } from '../../../specs/recovery/route.ts';

export function nameOfRoute({ agent, router }: Route): string {
  return `${agent}/${router}`;
}
