import type { Decision } from '../../decision/decision.ts';
import { type ManifestEdit, pointerOf } from '../../fix/edit.ts';
import { jsonText, shorten } from '../../source/text.ts';
import type { Fix, Fixes } from './fixes.ts';
import { byHandSentences } from './told.ts';

/** `-o json`: the edits of each object as a JSON Patch (RFC 6902), and all of them as a unified diff. */
export function fixJson({ version, fixes, patch, written }: Fixes): string {
  const document = { version, results: fixes.map(resultOf), patch: patch === '' ? null : patch, written };
  return `${jsonText(document, 2)}\n`;
}

/** Longer than any name that Kubernetes accepts. */
const LONGEST = 4096;

function resultOf(fix: Fix): object {
  const { result, after, edits, byHand } = fix;
  const { source, apiVersion, kind, namespace, name, decision } = result;
  const names = { apiVersion, kind, namespace, name };
  return {
    source: source.file,
    line: source.line ?? null,
    ...Object.fromEntries(Object.entries(names).map(([key, text]) => [key, shorten(text, LONGEST)])),
    before: decidedOf(decision),
    after: byHand ? null : decidedOf(after),
    edits: edits.map(editOf),
    byHand: byHand ? byHandSentences(fix).join(' ') : null,
  };
}

const decidedOf = ({ verdict, runtimeClass, isolation }: Decision): object => ({
  verdict,
  runtimeClass: runtimeClass ?? null,
  isolation: isolation ?? null,
});

const editOf = ({ op, keys, value }: ManifestEdit): object => ({
  op,
  path: pointerOf(keys),
  ...(value !== undefined && { value }),
});
