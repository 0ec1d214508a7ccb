export function nameOfRoute({ agent, router }: { agent: string; router: string }): string {
  return `${agent}/${router}`;
}
