/** An address that can stand in a link of any medium; undefined for one that cannot. */
export function linkTo(url: string | undefined): string | undefined {
  if (url === undefined || url.length > 500 || !/^https?:\/\/[^\s]+$/.test(url)) return undefined;
  if (!URL.canParse(url)) return undefined;
  return new URL(url).href.replace(
    /[<>|"'`\\^{}\s]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
