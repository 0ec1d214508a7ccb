/** Whether a version such as `0.9.6` comes before another, number by number. */
export function isOldVersion(version: string, oldest: string): boolean {
  const [given, least] = [version, oldest].map((written) => written.split('.').map(Number));
  for (const [index, wanted] of (least ?? []).entries()) {
    const part = given?.[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
