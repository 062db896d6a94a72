import type { Cel } from './signal.ts';

/*
Pieces of the guards: CEL as ValidatingAdmissionPolicy evaluates it, with optional types and the string extensions.
https://kubernetes.io/docs/reference/using-api/cel/
The API server hands over typed objects: an absent field is absent, never null.
*/

/** True when a container of any kind satisfies the predicate over `c`. */
export const anyContainer = (predicate: Cel): Cel => `variables.containers.exists(c, ${predicate})`;

/** True when the Pod's or a container's securityContext satisfies the predicate over the optional it is given. */
export const anySecurityContext = (predicate: (context: string) => Cel): Cel =>
  `${predicate('object.spec.?securityContext')} || ${anyContainer(predicate('c.?securityContext'))}`;

/** True when a volume satisfies the predicate over `v`. */
export const anyVolume = (predicate: Cel): Cel => `object.spec.?volumes.orValue([]).exists(v, ${predicate})`;

/** True when an annotation satisfies the predicate over `k`, its trimmed key in lower case. */
export const anyAnnotationKey = (predicate: Cel): Cel =>
  `object.metadata.?annotations.orValue({}).exists(a, [a.trim().lowerAscii()].exists(k, ${predicate}))`;

/** A string literal. Backslashes and quotes are escaped. */
export const text = (value: string): Cel => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A list literal of strings. */
export const texts = (values: Iterable<string>): Cel => `[${[...values].map(text).join(', ')}]`;

/** Every `from` replaced. By split and join: not every implementation of CEL has `replace`. */
export const replaceAll = (subject: Cel, from: string, to: string): Cel =>
  `${subject}.split(${text(from)}).join(${text(to)})`;
