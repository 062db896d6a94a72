/**
 * `cofferdam serve` with a leak: it keeps the first bytes of each body for good. To see that the soak finds one:
 *   TEST_COFFERDAM_E2E_MAIN=$PWD/test/soak/leaking.ts npm run soak -- --minutes 3   must exit with 1
 */
import { IncomingMessage } from 'node:http';

const KEPT_BYTES = 64 * 1024;
const kept: Buffer[] = [];
const { push } = IncomingMessage.prototype;
IncomingMessage.prototype.push = function (chunk: unknown, ...more) {
  // A copy in memory of its own, touched, so that it is resident.
  if (Buffer.isBuffer(chunk)) kept.push(Buffer.alloc(KEPT_BYTES, chunk));
  return push.call(this, chunk, ...more);
};
const main = new URL('../../dist/bundle/main.js', import.meta.url).href;
await import(main);
