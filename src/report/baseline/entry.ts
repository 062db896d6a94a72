import { normalize } from 'node:path';
import { type Isolation, strongest } from '../../profiles/isolation.ts';
import type { Finding } from '../../signals/signal.ts';
import { placeRead } from '../../source/document.ts';
import { clean } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import type { Entry } from '../since.ts';
import { relevantSignals } from '../told/relevant.ts';
import { isWaived } from '../words/objection.ts';
import { fieldOf, fingerprintOf, objectOf, tellApart, whatOf } from './identity.ts';

/** What is kept about an object; undefined for an admitted one about which there is nothing to say. */
export function entryOf(result: Reviewed): Entry | undefined {
  const { decision } = result;
  if (decision.verdict === 'admit') return undefined;
  return {
    object: objectOf(result),
    file: fileOf(result),
    verdict: decision.verdict,
    outcome: decision.outcome,
    required: decision.required,
    score: decision.governing.floors
      .filter(({ because }) => because === 'tier')
      .reduce<Isolation>((most, { isolation }) => strongest(most, isolation), 'host-kernel'),
    ...(decision.isolation !== undefined && { isolation: decision.isolation }),
    findings: keptFindings(result)
      .map(({ finding, fingerprint }) => ({ signal: finding.signal, at: atOf(finding), fingerprint }))
      .sort(byText(({ signal, at, fingerprint }) => [signal, at, fingerprint].join('\n'))),
  };
}

/**
 * The file, however it was named: `./deploy/web.yaml` is `deploy/web.yaml`. For a chart it is the folder, as it is read as a
 * whole.
 */
export const fileOf = ({ source }: Pick<Reviewed, 'source'>): string => normalize(placeRead(source).file);

/** The findings of an object that bear on its verdict, with what identifies them. */
export function keptFindings(
  result: Reviewed,
): readonly { readonly finding: Finding; readonly fingerprint: string }[] {
  const { decision } = result;
  const relevant = new Set(relevantSignals(decision).filter(signal => !isWaived(signal, decision.findings)));
  const before = tellApart();
  return decision.findings
    .filter(({ signal, waivedBy }) => relevant.has(signal) && waivedBy === undefined)
    .map(finding => {
      const identity = { rule: finding.signal, object: objectOf(result), what: whatOf(finding) };
      return { finding, fingerprint: fingerprintOf(identity, before(identity)) };
    });
}

function atOf(finding: Finding): string {
  const { container, value } = finding;
  const field = fieldOf(finding);
  const place = container ? `${container}: ${field.replace(/^\./, '')}` : field;
  return clean(value === undefined ? place : `${place} = ${String(value)}`);
}

/** Orders by code units, which is the same on every machine. */
export const byText =
  <T>(textOf: (one: T) => string) =>
  (a: T, b: T): number => {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
