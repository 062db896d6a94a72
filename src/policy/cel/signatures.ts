import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../source/nearest.ts';
import { CelRefused } from './measure.ts';
import { kindOf, type Typed, typeOf } from './types.ts';

/** The types of each argument, with `any` for any type; optional arguments end with `?`. */
type Signature = readonly string[];

const TIME: Signature = ['string?'];
const LOOP: Signature = ['any', 'any', 'any?'];

/** The methods of the library that Kubernetes 1.30 has, too (https://kubernetes.io/docs/reference/using-api/cel/). */
const METHODS: Readonly<Record<string, Signature>> = {
  contains: ['string'],
  startsWith: ['string'],
  endsWith: ['string'],
  matches: ['string'],
  indexOf: ['any', 'int?'],
  lastIndexOf: ['any', 'int?'],
  substring: ['int', 'int?'],
  trim: [],
  lowerAscii: [],
  upperAscii: [],
  split: ['string', 'int?'],
  join: ['string?'],
  size: [],
  all: LOOP,
  exists: LOOP,
  exists_one: LOOP,
  filter: LOOP,
  map: LOOP,
  hasValue: [],
  value: [],
  or: ['any'],
  orValue: ['any'],
  of: ['any'],
  none: [],
  getFullYear: TIME,
  getMonth: TIME,
  getDate: TIME,
  getDayOfMonth: TIME,
  getDayOfWeek: TIME,
  getDayOfYear: TIME,
  getHours: TIME,
  getMinutes: TIME,
  getSeconds: TIME,
  getMilliseconds: TIME,
};

const FUNCTIONS: Readonly<Record<string, Signature>> = {
  has: ['any'],
  size: ['string bytes list map'],
  matches: ['string', 'string'],
  type: ['any'],
  dyn: ['any'],
  int: ['int uint double string google.protobuf.Timestamp'],
  uint: ['int uint double string'],
  double: ['int uint double string'],
  string: ['int uint double string bool bytes google.protobuf.Timestamp google.protobuf.Duration'],
  bool: ['bool string'],
  bytes: ['bytes string'],
  timestamp: ['string int google.protobuf.Timestamp'],
  duration: ['string int google.protobuf.Duration'],
};

/** The names of all functions and methods. */
export const CALLABLE: readonly string[] = [...Object.keys(METHODS), ...Object.keys(FUNCTIONS)];

/**
 * The receiver of a method is not checked, as the library refuses one of another type where that is known.
 * @throws CelRefused for a call that Kubernetes has no function for, as far as types are known
 */
export function refuseForeignCall(node: ASTNode): void {
  if (node.op === 'call') refuseMisfit(node, FUNCTIONS, node.args[0], node.args[1]);
  if (node.op === 'rcall') refuseMisfit(node, METHODS, node.args[0], node.args[2]);
}

function refuseMisfit(
  node: ASTNode,
  known: Readonly<Record<string, Signature>>,
  name: string,
  args: readonly ASTNode[],
): void {
  const takes = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!takes) {
    const meant = nearest(name, Object.keys(known));
    throw new CelRefused(`Kubernetes has no function ${name}() here`, node, meant);
  }
  const wrong = args.find((arg, i) => !fits(typeOf(arg), takes[i]?.replace('?', '') ?? ''));
  if (wrong)
    throw new CelRefused(`${name}() takes no ${typeOf(wrong)?.name ?? 'more arguments'} here`, wrong);
}

/** @param words names and kinds of types, one of which has to fit */
const fits = (type: Typed, words: string): boolean =>
  words === 'any' ||
  (words !== '' && kindOf(type) === 'dyn') ||
  words.split(' ').some(word => word === type?.name || word === type?.kind);
