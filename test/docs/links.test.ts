import { expect, it } from 'vitest';
import { linksIn, PAGES, resolves } from './pages.ts';

it.each(PAGES)('links of %s lead to what is there', page => {
  expect(linksIn(page).filter(link => !resolves(page, link))).toEqual([]);
});
