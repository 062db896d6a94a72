import { createHash } from 'node:crypto';
import { jsonText } from '../../source/text.ts';
import type { PageData } from './data.ts';
import { glyph, glyphSheet } from './glyphs.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { SCRIPT, STYLE } from './page.gen.ts';

/** What differs between pages. */
export interface Page {
  /** The kind of page, in a word or two: `Review`. */
  readonly kind: string;
  /** The first sentence, without a full stop. */
  readonly headline: string;
  readonly version: string;
  /** Everything above the list, which is readable without the script. */
  readonly overview: Markup;
  /** Everything below it. */
  readonly footer: Markup;
  /** The data of the list, which the script builds. */
  readonly data: PageData;
  /** The title of the list and a note on it, which may be empty. */
  readonly list: { readonly title: string; readonly note: string };
}

/** Only the page's own script and style run, whatever a manifest says, and nothing is fetched. */
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A source of CSP 3: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * A page in one file that fetches nothing. Texts from manifests are in it as text, or as JSON whose end no HTML parser can
 * mistake.
 */
export function documentOf(page: Page): string {
  const { text } =
    html`<header class="top"><span class="brand">${LOGO}Cofferdam</span><span class="kind">${page.kind}</span>${THEMES}</header>
<main>
<h1>${page.headline}</h1>
${page.overview}
${listOf(page)}
</main>
<footer>
${page.footer}
<p class="quiet">Made by Cofferdam ${page.version}. This page is one file: it fetches nothing, and sends nothing anywhere.</p>
</footer>`;
  // Script and style belong to this project, and are hashed, so they are inserted as they are.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="cofferdam">
${html`<title>${page.kind}: ${page.headline} · Cofferdam</title>`.text}
<style>${STYLE}</style>
</head>
<body>
${glyphSheet.text}
<a class="skip" href="#list">To the list</a>
${text}
<script type="application/json" id="data">${jsonInHtml(page.data)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/**
 * JSON without a `<`, so that neither an end tag nor a comment begins in it:
 * https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
 */
const jsonInHtml = (value: unknown): string => jsonText(value).replaceAll('<', '\\u003c');

/** The logo: two bulkheads with a gap between them. */
const LOGO = html`<svg class="logo" viewBox="0 0 20 20" aria-hidden="true"><path d="M4 2v16M16 2v16" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"/><circle class="gap" cx="10" cy="10" r="3"/></svg>`;

/** A choice that style sheets see without a script, and that works with arrow keys like any other. */
const THEMES = html`<fieldset class="themes"><legend class="hidden">Colours</legend>${[
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
].map(
  ([id = '', word = '']) =>
    html`<label><input type="radio" name="theme" id="theme-${id}" ${id === 'auto' ? html`checked` : ''}><span>${word}</span></label>`,
)}</fieldset>`;

function listOf({ data, list }: Page): Markup {
  if (data.rows.length === 0) return NOTHING;
  return html`<section id="list" class="list" tabindex="-1" aria-labelledby="list-title">
<h2 id="list-title">${list.title}</h2>
${list.note === '' ? NOTHING : html`<p class="quiet">${list.note}</p>`}
<noscript><p class="notice">This list needs JavaScript, of which this page runs its own alone. What stands above needs none; <code>-o table</code> and <code>-o markdown</code> have the list as text.</p></noscript>
<div id="tools" class="tools" hidden>
<div class="search">${glyph('search')}<input id="search" type="search" autocomplete="off" spellcheck="false" aria-label="Search" placeholder="Search by name, namespace, signal, class or file"><kbd>/</kbd></div>
<div id="states" class="chips" role="group" aria-label="Only some of them"></div>
<div class="selects"><label>Namespace <select id="namespace"></select></label><label>Signal <select id="signal"></select></label><label>Order <select id="order"></select></label></div>
<p class="found"><output id="found" aria-live="polite"></output> <a id="clear" href="#list" hidden>Show all</a><span class="keys"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens</span></p>
</div>
<div class="scroller"><div id="head" class="head" hidden></div><div id="rows" class="rows"></div><div id="end"></div></div>
</section>`;
}
