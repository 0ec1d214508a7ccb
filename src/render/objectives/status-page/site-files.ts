import type { StatusPage } from '../../../contracts/objectives/status-page.ts';
import { atomFeed } from './atom-feed.ts';
import { badge } from './badge.ts';
import { historyPage, indexPage, servicePage } from './html/site-pages.ts';
import { statuspageJson } from './statuspage-json.ts';

/** All files of the site by their path, in the order in which they are written: the first page is last. */
export function siteFiles(page: StatusPage): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, json] of Object.entries(statuspageJson(page))) {
    files.set(`api/v2/${name}`, `${JSON.stringify(json, null, 1)}\n`);
  }
  for (const service of page.services) {
    files.set(`badges/${service.service}.svg`, badge(service));
    files.set(`services/${service.service}.html`, servicePage(page, service));
  }
  files.set('feed.atom', atomFeed(page));
  files.set('history.html', historyPage(page));
  files.set('index.html', indexPage(page));
  return files;
}
