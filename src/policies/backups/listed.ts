const mostListed = 5;

/** The first few, and how many more there are. */
export function listed(all: readonly string[]): string {
  const more = all.length - mostListed;
  return [...all.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
