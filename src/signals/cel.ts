/**
 * A CEL expression over `object` (a Pod) and `variables.containers` (containers of every kind), true when the
 * signal fires. The API server evaluates it in the guard; a test holds it against `inspect`.
 */
export type Cel = string;
