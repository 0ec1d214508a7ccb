/** Matches pods by labels, before and during a rollout. */
import type { V1LabelSelector } from '@kubernetes/client-node';

type Labels = Record<string, string>;

/** Whether the labels contain all of a selector's. Here an empty selector selects nothing. */
export function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** Whether a label selector with expressions matches, as in disruption budgets. An empty one matches all. */
export function matches({ matchLabels, matchExpressions }: V1LabelSelector, labels: Labels = {}) {
  const plain = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    plain &&
    (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
