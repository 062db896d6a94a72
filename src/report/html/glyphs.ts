import { html, Markup } from './markup.ts';

/**
 * Marks that distinguish places and changes without colour: the better something is isolated, the fuller its circle. They are
 * drawn once, and used by their names.
 */
const SHAPES: Readonly<Record<string, string>> = {
  rejected:
    '<path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
  'host-kernel': '<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/>',
  'app-kernel':
    '<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 3a5 5 0 0 1 0 10z" fill="currentColor"/>',
  vm: '<circle cx="8" cy="8" r="6" fill="currentColor"/>',
  'confidential-vm':
    '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.6"/><circle cx="8" cy="8" r="3.6" fill="currentColor"/>',
  unasked:
    '<path d="M3.5 8h9" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-dasharray="2 3"/>',
  weaker:
    '<path d="M8 3v10M4 9l4 4 4-4" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>',
  waiting:
    '<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 4.8V8l2.2 1.6" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  running: '<path d="M5 3.2v9.6L13 8z" fill="currentColor"/>',
  stronger:
    '<path d="M8 13V3M4 7l4-4 4 4" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>',
  accepted:
    '<path d="M3 8.5l3.4 3.4L13 5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>',
  class:
    '<path d="M3 5h9l-2.5-2.5M13 11H4l2.5 2.5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  search:
    '<circle cx="7" cy="7" r="4.2" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M10.2 10.2L14 14" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>',
  score: '<circle cx="8" cy="8" r="2" fill="currentColor"/>',
};

/** The drawings that `glyph` uses, once for each page. */
export const glyphSheet = new Markup(
  `<svg class="sheet" width="0" height="0" aria-hidden="true"><defs>${Object.entries(SHAPES)
    .map(([name, shape]) => `<symbol id="g-${name}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join(
      '',
    )}<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="2.4" height="6"/></pattern></defs></svg>`,
);

/** A mark in the colour of the words beside it, which say the same. */
export const glyph = (name: string): Markup =>
  html`<svg class="glyph" aria-hidden="true"><use href="#g-${name}"/></svg>`;
