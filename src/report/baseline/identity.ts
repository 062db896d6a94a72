import { createHash } from 'node:crypto';
import type { Finding } from '../../signals/signal.ts';
import { clean } from '../../source/text.ts';
import type { Subject } from '../subject.ts';

/** What identifies a fault from one review to the next: neither a line, nor an index in a list, nor a file. */
export interface Identity {
  /** The id of a signal, the code of an outcome, or `input`. */
  readonly rule: string;
  /** `Deployment/shop/web` */
  readonly object: string;
  /** Distinguishes it from others of the same rule in the same object. */
  readonly what: string;
}

/**
 * @param before how many of the same identity came before it
 * @returns 64 hexadecimal digits
 */
export const fingerprintOf = ({ rule, object, what }: Identity, before: number): string =>
  createHash('sha256')
    .update(`${JSON.stringify([rule, object, what])}${before}`)
    .digest('hex');

/** Counts how many of the same identity came before. */
export function tellApart(): (identity: Identity) => number {
  const times = new Map<string, number>();
  return ({ rule, object, what }) => {
    const words = JSON.stringify([rule, object, what]);
    const before = times.get(words) ?? 0;
    times.set(words, before + 1);
    return before;
  };
}

/** The longest name that an API server accepts. Two names that differ only in their last character are two objects. */
const LONGEST_NAME = 253;

/** `Deployment/shop/web` */
export const objectOf = ({ kind, namespace, name }: Subject): string =>
  [kind, namespace, name].map(part => clean(part, LONGEST_NAME)).join('/');

/** What a finding is: it uses the container's name, and no indices, which change with what comes before. */
export const whatOf = (finding: Finding): string =>
  JSON.stringify([finding.container ?? '', fieldOf(finding), finding.value ?? null]);

/** The field of a finding; for a container, the part below it. */
export const fieldOf = ({ path, container }: Pick<Finding, 'path' | 'container'>): string =>
  (container ? path.replace(/^spec\.\w+\[\d+\]/, '') : path).replaceAll(/\[\d+\]/g, '[]');
