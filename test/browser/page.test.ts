import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';
import { Chromium } from './chromium.ts';
import { fleetOf, HOSTILE_FLEET, HOSTILE_RUNNING_FLEET, runningFleetOf } from './fleet.ts';

/** The page's own processor time, which others that are busy do not add to. https://web.dev/articles/rail */
const NOTICED_MS = 100;
const MANY = 5000;

let folder: string;
let chromium: Chromium;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  chromium = await Chromium.start();
  // The modules of the command line are loaded now, which takes a busy machine longer than any page.
  await pageOf(fleetOf(1));
});
afterAll(async () => {
  await chromium?.close();
  rmSync(folder, { recursive: true });
});

/** The page of some manifests. */
async function pageOf(stdin: string, ...argv: readonly string[]): Promise<string> {
  const [command = 'review', ...rest] = argv;
  const { out } = await cofferdam([command, '-', ...rest, '-o', 'html'], { stdin });
  return saved('page.html', out);
}

/** The page of what to start with where all that runs. */
async function startOf(snapshot: string): Promise<string> {
  const { out } = await cofferdam(['suggest', '--snapshot', saved('cluster.json', snapshot), '-o', 'html']);
  return saved('start.html', out);
}

function saved(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const shown = (): Promise<readonly string[]> =>
  chromium.value('[...document.querySelectorAll(".row .name")].map(one => one.textContent)');
const found = (): Promise<string> => chromium.value('document.getElementById("found").textContent');

/** All pages have to look right wherever they are looked at. */
describe.each([
  ['review', () => pageOf(fleetOf(60))],
  ['diff', () => pageOf(fleetOf(60), 'diff', '--policy', 'strict')],
  ['suggest', () => startOf(runningFleetOf(60))],
])('the page of %s', (_, make) => {
  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'fits into %i pixels, asks for nothing and complains of nothing, in %s',
    async (width, scheme) => {
      const file = await make();
      await chromium.open(file, width, scheme);
      await chromium.until('document.querySelectorAll(".row").length >= 20');
      expect(await chromium.value('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(chromium.requests.filter(url => url !== `file://${file}`)).toEqual([]);
      expect(chromium.complaints).toEqual([]);
      const paper = await chromium.value<string>('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe(scheme === 'light' ? 'rgb(247, 247, 245)' : 'rgb(16, 20, 24)');
    },
  );
});

describe.each([
  ['review', () => pageOf(fleetOf(60)), 'rejected', 'rejected'],
  ['suggest', () => startOf(runningFleetOf(60)), 'vm', 'VM'],
])('the list of %s', (_, make, state, word) => {
  beforeAll(async () => chromium.open(await make(), 1440));

  it('is searched by keyboard alone, and tells how many it finds', async () => {
    await chromium.press('/');
    for (const key of 'agent') await chromium.press(key);
    await chromium.until('document.getElementById("found").textContent.includes(" of ")');
    expect((await shown()).every(name => name.startsWith('agent'))).toBe(true);
    expect(await found()).toMatch(/^\d+ of 60$/);
    await chromium.press('Escape');
    expect(await found()).toBe('60 in all');
  });

  it('unfolds a row by keyboard, with why and how its score adds up', async () => {
    await chromium.value('document.activeElement.blur()');
    await chromium.press('j');
    await chromium.press('Enter');
    await chromium.until('document.querySelector(".row[open] .section") !== null');
    const section = await chromium.value<string>('document.querySelector(".row[open] .section").innerText');
    expect(section).toMatch(/Why[\s\S]*Score \d+[\s\S]*Required: /);
  });

  it('shows what a link of the page asks for', async () => {
    await chromium.value(`location.hash = "#state=${state}"`);
    await chromium.until('document.getElementById("found").textContent.includes(" of ")');
    const states = await chromium.value<string[]>(
      '[...document.querySelectorAll(".row .word")].map(one => one.textContent)',
    );
    expect(new Set(states)).toEqual(new Set([word]));
    await chromium.value('document.getElementById("clear").click()');
    expect(await found()).toBe('60 in all');
  });

  it('is dark where that is chosen, whatever the system has', async () => {
    await chromium.value('document.getElementById("theme-dark").click()');
    expect(await chromium.value('getComputedStyle(document.body).backgroundColor')).toBe('rgb(16, 20, 24)');
  });
});

it.each([
  ['manifest', () => pageOf(HOSTILE_FLEET)],
  ['snapshot', () => startOf(HOSTILE_RUNNING_FLEET)],
])('runs nothing and builds nothing of what a %s says', async (_, make) => {
  const file = await make();
  await chromium.open(file, 1440);
  await chromium.until('document.querySelectorAll(".row").length > 0');
  await chromium.value('document.querySelectorAll(".row").forEach(row => { row.open = true; })');
  await chromium.until(
    'document.querySelectorAll(".section").length === document.querySelectorAll(".row").length',
  );
  expect(await chromium.value('globalThis.harmed === undefined')).toBe(true);
  expect(
    await chromium.value(
      'document.querySelectorAll("img, iframe, [onerror], [onmouseover], [onfocus]").length',
    ),
  ).toBe(0);
  expect(await chromium.value('/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)')).toBe(
    false,
  );
  expect(chromium.requests.filter(url => url !== `file://${file}`)).toEqual([]);
  expect(chromium.complaints).toEqual([]);
});

it('lets no script run but its own, even where one were there', async () => {
  await chromium.open(await pageOf(fleetOf(5)), 1440);
  await chromium.value(
    'document.body.append(Object.assign(document.createElement("script"), { text: "globalThis.harmed = 1" }))',
  );
  expect(await chromium.value('globalThis.harmed === undefined')).toBe(true);
});

it(`takes ${MANY} workloads, and a key of a search among them in less than anybody notices`, async () => {
  await chromium.open(await pageOf(fleetOf(MANY)), 1440);
  await chromium.until('document.querySelectorAll(".row").length >= 1000');
  await chromium.press('/');
  const times: number[] = [];
  for (const key of [...'agent shop', ...Array(10).fill('Backspace')]) {
    const before = await chromium.processorTime();
    await chromium.press(key);
    // Asking for it has the page laid out.
    await chromium.value('document.body.offsetHeight');
    times.push((await chromium.processorTime()) - before);
  }
  expect(await found()).toBe(`${MANY} in all`);
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  expect(median).toBeLessThan(NOTICED_MS);
});
