import type { Environment } from '@marcbachmann/cel-js';

/*
The list library of Kubernetes, and the functions on sets.
https://github.com/kubernetes/apiserver/blob/v0.37.2/pkg/cel/library/lists.go
*/

type Ordered = string | bigint | number;
type List = readonly unknown[];

export function registerLists(environment: Environment): void {
  const register = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler as never, { async: false });
  register('list<V>.sum(): V', sum);
  register('list<V>.min(): V', (list: List) => extreme(list, (a, b) => a < b));
  register('list<V>.max(): V', (list: List) => extreme(list, (a, b) => a > b));
  register('list.isSorted(): bool', (list: List) =>
    list.every((item, i) => i === 0 || (list[i - 1] as Ordered) <= (item as Ordered)),
  );
  register('list.indexOf(dyn): int', (list: List, item: unknown) => BigInt(list.indexOf(item)));
  register('list.lastIndexOf(dyn): int', (list: List, item: unknown) => BigInt(list.lastIndexOf(item)));
  registerSets(environment);
}

function sum(list: List): unknown {
  if (list.some(item => typeof item !== typeof list[0] || !['bigint', 'number'].includes(typeof item)))
    throw new Error('no such overload: sum()');
  if (typeof list[0] === 'number') return (list as readonly number[]).reduce((a, b) => a + b, 0);
  return (list as readonly bigint[]).reduce((a, b) => a + b, 0n);
}

function extreme(list: List, better: (a: Ordered, b: Ordered) => boolean): unknown {
  if (list.length === 0) throw new Error('min or max called on empty list');
  return (list as readonly Ordered[]).reduce((a, b) => (better(b, a) ? b : a));
}

class Sets {}

function registerSets(environment: Environment): void {
  environment.registerType('Sets', Sets).registerConstant('sets', 'Sets', new Sets());
  const register = (name: string, holds: (a: List, b: List) => boolean) =>
    environment.registerFunction(
      `Sets.${name}(list, list): bool`,
      ((_: Sets, a: List, b: List) => holds(a, b)) as never,
      { async: false },
    );
  const contains = (a: List, b: List) => b.every(item => a.includes(item));
  register('contains', contains);
  register('equivalent', (a, b) => contains(a, b) && contains(b, a));
  register('intersects', (a, b) => b.some(item => a.includes(item)));
}
