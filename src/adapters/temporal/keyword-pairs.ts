import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

export function keywordPairs(values: Readonly<Record<string, string>>): SearchAttributePair[] {
  return Object.entries(values).map(([name, value]) => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  }));
}
