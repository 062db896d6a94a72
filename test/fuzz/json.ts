/** Parsed JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };
export type Holder = Json[] | JsonMap;

export const isHolder = (value: Json | undefined): value is Holder =>
  typeof value === 'object' && value !== null;

/** Sets an own member, as JSON.parse does: an assignment to `__proto__` would set the prototype. */
export function put(holder: Holder, key: string | number, value: Json): void {
  if (key !== '__proto__') (holder as JsonMap)[key] = value;
  else Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

export function take(holder: Holder, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

export const copy = <T extends Json>(value: T): T => JSON.parse(JSON.stringify(value));

/** A place in a value: `holder[key]`. */
export interface Slot {
  readonly holder: Holder;
  readonly key: string | number;
}

/** Every place in a value, the outer ones first. */
export function slotsOf(value: Json): Slot[] {
  const slots: Slot[] = [];
  const waiting: Holder[] = isHolder(value) ? [value] : [];
  for (let holder = waiting.pop(); holder; holder = waiting.pop()) {
    const keys = Array.isArray(holder) ? holder.keys() : Object.keys(holder);
    for (const key of keys) {
      slots.push({ holder, key });
      const child = valueIn({ holder, key });
      if (isHolder(child)) waiting.push(child);
    }
  }
  return slots;
}

export const valueIn = ({ holder, key }: Slot): Json => (holder as JsonMap)[key] as Json;

/** Parses any text as JSON; undefined where it is none. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
