/**
 * Lets one caller through in each turn of the event loop, in the order in which they come. Whatever is read meanwhile and needs
 * no turn goes first.
 */
export function turns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise(resolve => setImmediate(resolve)));
    return last;
  };
}
