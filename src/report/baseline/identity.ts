import { createHash } from 'node:crypto';
import type { Finding } from '../../signals/signal.ts';
import { clean } from '../../source/text.ts';
import type { Subject } from '../subject.ts';

/** What makes a fault the same one from one review to the next: no line, no number in a list, and no file. */
export interface Identity {
  /** The id of a signal, the code of an outcome, or `input`. */
  readonly rule: string;
  /** `Deployment/shop/web` */
  readonly object: string;
  /** Tells it from others of its rule in the same object. */
  readonly what: string;
}

/** @param before how many that are alike stood before it. @returns 64 hexadecimal digits */
export const fingerprintOf = ({ rule, object, what }: Identity, before: number): string =>
  createHash('sha256')
    .update(`${JSON.stringify([rule, object, what])}${before}`)
    .digest('hex');

/** Counts how many that are alike came before, of as many as are asked about. */
export function tellApart(): (identity: Identity) => number {
  const times = new Map<string, number>();
  return ({ rule, object, what }) => {
    const words = JSON.stringify([rule, object, what]);
    const before = times.get(words) ?? 0;
    times.set(words, before + 1);
    return before;
  };
}

/** The longest name that an API server takes. Two that differ in their last character alone are two objects. */
const LONGEST_NAME = 253;

/** `Deployment/shop/web` */
export const objectOf = ({ kind, namespace, name }: Subject): string =>
  [kind, namespace, name].map(part => clean(part, LONGEST_NAME)).join('/');

/** What a finding is: by the container's name, and without numbers, which change with what stands before. */
export const whatOf = (finding: Finding): string =>
  JSON.stringify([finding.container ?? '', fieldOf(finding), finding.value ?? null]);

/** The field of a finding; of a container, what is below it. */
export const fieldOf = ({ path, container }: Pick<Finding, 'path' | 'container'>): string =>
  (container ? path.replace(/^spec\.\w+\[\d+\]/, '') : path).replaceAll(/\[\d+\]/g, '[]');
