import process from 'node:process';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * The first signal stops gracefully. Once this is forgotten, signals have their usual effect again, so a second one ends the
 * process at once.
 */
export function awaitSignal(): { readonly received: Promise<NodeJS.Signals>; readonly forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of SIGNALS) process.once(signal, resolve);
  const forget = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, resolve);
  };
  return { received: promise.finally(forget), forget };
}
