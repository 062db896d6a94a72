import { describe, expect, it } from 'vitest';
import { STYLE } from '../../src/report/html/page.gen.ts';

/*
Checks that the page can be read by WCAG 2.2: text at a contrast ratio of 4.5 to its background (1.4.3), and everything else
with a meaning at 3 (1.4.11). https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
*/

const PAIR = /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g;
const colours = new Map(
  [...STYLE.matchAll(PAIR)].map(([, name = '', light = '', dark = '']) => [name, [light, dark]]),
);

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const PLACES = ['rejected', 'host-kernel', 'app-kernel', 'vm', 'confidential-vm', 'unasked'];
const TEXT = ['ink', 'quiet', 'link', 'exposure-ink', ...PLACES.map(place => `${place}-ink`)];
const SHAPES = [
  'edge',
  'focus',
  'breakout',
  'exposure',
  'requirement',
  'label',
  'rule',
  'hygiene',
  ...PLACES,
];

describe.each([
  ['light', 0],
  ['dark', 1],
])('in the %s colours', (_, side) => {
  const of = (name: string): string => colours.get(name)?.[side] ?? '';

  it.each(TEXT)('%s can be read wherever it stands', name => {
    for (const below of ['paper', 'card', 'sunk'])
      expect(contrast(of(name), of(below)), `${name} on ${below}`).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s can be made out', name => {
    for (const below of ['paper', 'card'])
      expect(contrast(of(name), of(below)), below).toBeGreaterThanOrEqual(3);
  });
});

it('knows the ratio of black and white, and of two alike', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#777777')).toBe(1);
});
