/** usage: node echo.ts PORT CA_FILE — the floor: express over HTTPS that answers a patch and decides nothing. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import express from 'express';
import { generate } from 'selfsigned';

const [port, caFile] = process.argv.slice(2) as [string, string];
const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
});
const patch = Buffer.from(
  JSON.stringify([{ op: 'add', path: '/spec/runtimeClassName', value: 'gvisor' }]),
).toString('base64');

const app = express();
app.use(express.json({ limit: '8mb' }));
app.post('/', (req, res) => {
  const { apiVersion, kind, request } = req.body;
  const response = { uid: request?.uid, allowed: true, patchType: 'JSONPatch', patch };
  res.json({ apiVersion, kind, response });
});
const server = createServer({ key: pems.private, cert: pems.cert }, app);
server.listen(Number(port), '127.0.0.1', () => writeFileSync(caFile, pems.cert));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
