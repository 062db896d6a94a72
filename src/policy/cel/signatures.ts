import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../source/nearest.ts';
import { CelRefused } from './measure.ts';
import { kindOf, type Typed, typeOf } from './types.ts';

/** Types of the receiver and of each argument, `any` for whatever; optional arguments end with `?`. */
interface Signature {
  readonly on?: readonly string[];
  readonly takes: readonly string[];
}

const TEXT = { on: ['string'] };
const TIME: Signature = { on: ['google.protobuf.Timestamp'], takes: ['string?'] };
const SPAN: Signature = {
  on: ['google.protobuf.Timestamp', 'google.protobuf.Duration'],
  takes: ['string?'],
};
const LOOP: Signature = { on: ['list', 'map'], takes: ['any', 'any', 'any?'] };

/** Those of the library's methods that Kubernetes 1.30 has too (https://kubernetes.io/docs/reference/using-api/cel/). */
const METHODS: Readonly<Record<string, Signature>> = {
  contains: { ...TEXT, takes: ['string'] },
  startsWith: { ...TEXT, takes: ['string'] },
  endsWith: { ...TEXT, takes: ['string'] },
  matches: { ...TEXT, takes: ['string'] },
  indexOf: { on: ['string', 'list'], takes: ['any', 'int?'] },
  lastIndexOf: { on: ['string', 'list'], takes: ['any', 'int?'] },
  substring: { ...TEXT, takes: ['int', 'int?'] },
  trim: { ...TEXT, takes: [] },
  lowerAscii: { ...TEXT, takes: [] },
  upperAscii: { ...TEXT, takes: [] },
  split: { ...TEXT, takes: ['string', 'int?'] },
  join: { on: ['list'], takes: ['string?'] },
  size: { on: ['string', 'bytes', 'list', 'map'], takes: [] },
  all: LOOP,
  exists: LOOP,
  exists_one: LOOP,
  filter: LOOP,
  map: LOOP,
  hasValue: { on: ['optional'], takes: [] },
  value: { on: ['optional'], takes: [] },
  or: { on: ['optional'], takes: ['any'] },
  orValue: { on: ['optional'], takes: ['any'] },
  of: { takes: ['any'] },
  none: { takes: [] },
  getFullYear: TIME,
  getMonth: TIME,
  getDate: TIME,
  getDayOfMonth: TIME,
  getDayOfWeek: TIME,
  getDayOfYear: TIME,
  getHours: SPAN,
  getMinutes: SPAN,
  getSeconds: SPAN,
  getMilliseconds: SPAN,
};

const FUNCTIONS: Readonly<Record<string, Signature>> = {
  has: { takes: ['any'] },
  size: { takes: ['string bytes list map'] },
  matches: { takes: ['string', 'string'] },
  type: { takes: ['any'] },
  dyn: { takes: ['any'] },
  int: { takes: ['int uint double string google.protobuf.Timestamp'] },
  uint: { takes: ['int uint double string'] },
  double: { takes: ['int uint double string'] },
  string: { takes: ['int uint double string bool bytes google.protobuf.Timestamp google.protobuf.Duration'] },
  bool: { takes: ['bool string'] },
  bytes: { takes: ['bytes string'] },
  timestamp: { takes: ['string int google.protobuf.Timestamp'] },
  duration: { takes: ['string int google.protobuf.Duration'] },
};

/** Names of all of them. */
export const CALLABLE: readonly string[] = [...Object.keys(METHODS), ...Object.keys(FUNCTIONS)];

/** @throws CelRefused for a call that Kubernetes has no function for, as far as types are known */
export function refuseForeignCall(node: ASTNode): void {
  if (node.op === 'call') refuseMisfit(node, FUNCTIONS, node.args[0], undefined, node.args[1]);
  if (node.op === 'rcall') refuseMisfit(node, METHODS, node.args[0], node.args[1], node.args[2]);
  if (node.op === 'in' && !fits(typeOf(node.args[1]), 'list map')) {
    throw new CelRefused('in looks into a list or a map', node);
  }
}

function refuseMisfit(
  node: ASTNode,
  known: Readonly<Record<string, Signature>>,
  name: string,
  receiver: ASTNode | undefined,
  args: readonly ASTNode[],
): void {
  const signature = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!signature) {
    const meant = nearest(name, Object.keys(known));
    throw new CelRefused(`Kubernetes has no function ${name}() here`, node, meant);
  }
  const { on, takes } = signature;
  if (receiver && on && !fits(typeOf(receiver), on.join(' '))) {
    throw new CelRefused(`${name}() is for ${on.join(' or ')}`, receiver);
  }
  const wrong = args.find((arg, i) => !fits(typeOf(arg), takes[i]?.replace('?', '') ?? ''));
  if (wrong)
    throw new CelRefused(`${name}() takes no ${typeOf(wrong)?.name ?? 'more arguments'} here`, wrong);
}

/** @param words names and kinds of types, any of which will do */
const fits = (type: Typed, words: string): boolean =>
  words === 'any' ||
  (words !== '' && kindOf(type) === 'dyn') ||
  words.split(' ').some(word => word === type?.name || word === type?.kind);
